/** What a text has to say of itself: which one it is, and when it was sent. */
export const writeText = (number: number, sentMs: number): string => `b:${number}:${sentMs}`

export function readText(
  text: unknown,
): { readonly number: number; readonly sentMs: number } | null {
  const match = /^b:(\d+):(\d+(?:\.\d+)?)$/u.exec(String(text))
  return match === null ? null : { number: Number(match[1]), sentMs: Number(match[2]) }
}

/** One broadcast, as its sender saw it. */
export interface SentMessage {
  readonly number: number
  readonly sentMs: number
  /** Null: no answer came, so nothing was promised. */
  ackedMs: number | null
}
