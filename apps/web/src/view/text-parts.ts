export interface TextPart {
  readonly kind: 'text' | 'link' | 'mention'
  readonly text: string
}

const SPECIAL =
  /https?:\/\/[^\s<>"，。）]*[^\s<>"，。）.,;:!?)\]']|(?<![\p{L}\p{N}_.])@[a-z0-9][a-z0-9._-]{0,30}[a-z0-9]/giu

/** Cuts a message into plain text, links and mentions. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) })
    parts.push({ kind: match[0].startsWith('@') ? 'mention' : 'link', text: match[0] })
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}
