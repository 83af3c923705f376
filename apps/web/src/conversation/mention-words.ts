import type { SuggestQuery } from './use-suggest.ts'

const LONGEST = 40

/** What is being written at the caret: `null` where it is no mention. */
export function mentionAt(text: string, caret: number): SuggestQuery | null {
  const from = text.lastIndexOf('@', caret - 1)
  if (caret === 0 || from < 0 || caret - from > LONGEST) return null
  const before = text.slice(0, from).at(-1) ?? ' '
  // An address of mail is no mention; Chinese is written without blanks.
  if (/[\w.+-]/u.test(before)) return null
  const words = text.slice(from + 1, caret)
  if (/[\n@]|^\s|\s{2}|\s\S*\s\S*\s/u.test(words)) return null
  return { from, words }
}

export interface Picked {
  /** `null`: everybody of the room, or those who are here. */
  readonly userId: string | null
  readonly name: string
}

const has = (text: string, name: string): boolean => {
  let at = text.indexOf(`@${name}`)
  while (at >= 0) {
    if (!/[\p{L}\p{N}]/u.test(text.slice(at + name.length + 1).charAt(0))) return true
    at = text.indexOf(`@${name}`, at + 1)
  }
  return false
}

export interface Mentions {
  readonly mentions: readonly string[]
  readonly mentionAll: 'room' | 'here' | null
}

const MOST = 50

/** Whom a text mentions, of those who were picked while it was written. */
export function mentionsOf(text: string, picked: readonly Picked[]): Mentions {
  const there = picked.filter(({ name }) => has(text, name))
  const ids = there.flatMap(({ userId }) => userId ?? [])
  const all = there.filter(({ userId }) => userId === null).map(({ name }) => name)
  return {
    mentions: [...new Set(ids)].slice(0, MOST),
    mentionAll: all.includes('room') ? 'room' : all.includes('here') ? 'here' : null,
  }
}
