const KEY = 'parley.recent-emoji'
const USUAL = ['👍', '❤️', '😂', '🎉', '😮', '🙏']

function kept(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string').slice(0, 6) : []
  } catch {
    return []
  }
}

/** Six to react with: those used last, then the usual ones. */
export const quickEmoji = (): readonly string[] => [...new Set([...kept(), ...USUAL])].slice(0, 6)

export function rememberEmoji(emoji: string): void {
  try {
    const next = [...new Set([emoji, ...kept()])].slice(0, 6)
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Without storage the usual ones are shown.
  }
}
