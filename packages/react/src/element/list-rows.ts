import type { TimelineMessage } from '@parley/client'
import { dayKey } from './formats.ts'

export interface ListRow {
  readonly item: TimelineMessage
  /** The first of its day: a line with the date comes before it. */
  readonly startsDay: boolean
  /** The first that was not read when the room was opened. */
  readonly startsNew: boolean
  /** The same person goes on within some minutes: the name is not said again. */
  readonly continues: boolean
}

const CONTINUES_MS = 5 * 60_000

// A message keeps its object until it changes, so its day is worked out once.
const days = new WeakMap<TimelineMessage, string>()

function dayOf(item: TimelineMessage): string {
  const known = days.get(item)
  if (known !== undefined) return known
  const day = dayKey(item.ts)
  days.set(item, day)
  return day
}

/** What stands before each message. `newFrom`: the last `seq` that was read; `null`: no such line. */
export function layOutRows(
  items: readonly TimelineMessage[],
  newFrom: number | null,
): readonly ListRow[] {
  let before: TimelineMessage | null = null
  let hasNewLine = newFrom === null
  return items.map((item) => {
    const startsDay = before === null || dayOf(before) !== dayOf(item)
    const startsNew = !hasNewLine && item.seq > (newFrom ?? 0) && !item.isMine
    if (startsNew) hasNewLine = true
    const continues =
      before !== null &&
      !startsDay &&
      !startsNew &&
      before.sender.id === item.sender.id &&
      Date.parse(item.ts) - Date.parse(before.ts) < CONTINUES_MS
    before = item
    return { item, startsDay, startsNew, continues }
  })
}
