import type { TimelineMessage } from '@parley/client'

/** What of a row depends on the one before it. */
export interface RowLook {
  /** Picture, name and time are shown: the first of those that somebody said in a row. */
  readonly isHead: boolean
  /** A line with the day is above it. */
  readonly isNewDay: boolean
  /** The line that divides what is new from what was read is above it. */
  readonly isFirstNew: boolean
}

export const GROUP_MS = 5 * 60_000

type Said = Pick<TimelineMessage, 'seq' | 'ts' | 'isMine' | 'sender' | 'replyTo' | 'type'>

/** The time it was said, also where it was imported from. */
export const saidAt = (message: Pick<TimelineMessage, 'ts' | 'importedAt'>): string =>
  message.importedAt ?? message.ts

const isSameDay = (a: Date, b: Date): boolean =>
  a.getDate() === b.getDate() &&
  a.getMonth() === b.getMonth() &&
  a.getFullYear() === b.getFullYear()

/** `readTo` is how far was read when the room was opened; `null`: everything. */
export function rowLook(before: Said | undefined, message: Said, readTo: number | null): RowLook {
  const isFirstNew =
    readTo !== null && message.seq > readTo && (before === undefined || before.seq <= readTo)
  if (before === undefined) return { isHead: true, isNewDay: true, isFirstNew }
  const [then, now] = [new Date(saidAt(before)), new Date(saidAt(message))]
  const isNewDay = !isSameDay(then, now)
  const distance = now.getTime() - then.getTime()
  const isHead =
    isNewDay ||
    isFirstNew ||
    before.sender.id !== message.sender.id ||
    message.replyTo !== undefined ||
    // The clock of this device may be behind: what waits has its time.
    distance > GROUP_MS ||
    distance < -GROUP_MS
  return { isHead, isNewDay, isFirstNew }
}

/** Where a stored message is, or the first one after it. Those on their way are at the end. */
export function placeOfSeq(items: readonly Pick<TimelineMessage, 'seq'>[], seq: number): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const at = items[middle]?.seq ?? 0
    // 0: not stored yet, so after all others.
    if (at !== 0 && at < seq) from = middle + 1
    else to = middle
  }
  return from
}

/** -1: it is not there. */
export function indexOfKey(
  items: readonly Pick<TimelineMessage, 'seq' | 'key'>[],
  of: Pick<TimelineMessage, 'seq' | 'key'>,
): number {
  if (of.seq > 0) {
    const place = placeOfSeq(items, of.seq)
    if (items[place]?.seq === of.seq) return place
  }
  return items.findLastIndex(({ key }) => key === of.key)
}
