import type { Picked } from './mention-words.ts'

const MOST = 50

const keyOf = (roomId: string, threadId: number | undefined): string =>
  `parley.picked.${roomId}/${threadId ?? ''}`

const isPicked = (one: unknown): one is Picked =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  'userId' in one &&
  (one.userId === null || typeof one.userId === 'string')

/** Who was picked while a draft was written, in this tab: a reload does not make them strangers. */
export function readPicked(roomId: string, threadId: number | undefined): Picked[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(roomId, threadId)) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPicked).slice(-MOST) : []
  } catch {
    return []
  }
}

export function keepPicked(
  roomId: string,
  threadId: number | undefined,
  picked: readonly Picked[],
): void {
  try {
    const key = keyOf(roomId, threadId)
    if (picked.length === 0) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(picked.slice(-MOST)))
  } catch {
    // Without storage they are known until the page is left.
  }
}
