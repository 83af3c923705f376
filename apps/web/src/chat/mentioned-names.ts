const MENTION = /(?<![\p{L}\p{N}_])@([a-z0-9][a-z0-9._-]{0,30}[a-z0-9])/giu

/** The usernames that a text calls with `@`. */
export function mentionedNames(text: string): string[] {
  return [...new Set([...text.matchAll(MENTION)].map(([, name = '']) => name.toLowerCase()))]
}
