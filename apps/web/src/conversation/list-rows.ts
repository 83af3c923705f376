import type { Timeline, TimelineMessage } from '@parley/client'

/** What the list shows in one render. */
export interface ListRows {
  readonly timeline: Timeline
  readonly items: readonly TimelineMessage[]
  /** The one before the first: it is not shown, since what is above it is not known. */
  readonly above: TimelineMessage | undefined
  /** Only the beginning has changed: the place is kept from the end. */
  readonly isShift: boolean
  /** There is more than this to show: render once more. */
  readonly isPartial: boolean
  /** Goes up when the list became another one, whose measures say nothing. */
  readonly epoch: number
}

const shownOf = ({ items, hasBefore }: Timeline): readonly TimelineMessage[] =>
  hasBefore ? items.slice(1) : items

const aboveOf = ({ items, hasBefore }: Timeline): TimelineMessage | undefined =>
  hasBefore ? items[0] : undefined

export const firstRows = (timeline: Timeline): ListRows => ({
  timeline,
  items: shownOf(timeline),
  above: aboveOf(timeline),
  isShift: false,
  isPartial: false,
  epoch: 0,
})

/**
 * The rows after a change of the timeline. A list that keeps its place can take a change of the beginning
 * or one of the end, not both: what changed at both is shown in two steps. The first message is not
 * shown while there are older ones, so no row changes its height when those come.
 */
export function nextRows(last: ListRows, timeline: Timeline): ListRows {
  if (timeline === last.timeline && !last.isPartial) return last
  const items = shownOf(timeline)
  const next = { timeline, above: aboveOf(timeline), isPartial: false, epoch: last.epoch }
  if (last.isPartial && timeline === last.timeline) return { ...next, items, isShift: false }
  const by = shiftOf(last, timeline, items)
  if (by === null) return { ...next, items, isShift: false, epoch: last.epoch + 1 }
  if (by === 0) return { ...next, items, isShift: false }
  const isOnlyStart = items.length === last.items.length + by
  if (isOnlyStart) return { ...next, items, isShift: true }
  const known = Math.max(0, last.items.length + by)
  return { ...next, items: items.slice(0, known), isShift: true, isPartial: true }
}

/** How many rows came before what was the first; `null`: it is another list. */
function shiftOf(
  last: ListRows,
  timeline: Timeline,
  items: readonly TimelineMessage[],
): number | null {
  const [first] = last.items
  if (first === undefined) return 0
  if (items[0]?.key === first.key) return 0
  const hidden = (of: Timeline): number => (of.hasBefore && of.items.length > 0 ? 1 : 0)
  const by = timeline.prepended - last.timeline.prepended + hidden(last.timeline) - hidden(timeline)
  if (by > 0) return items[by]?.key === first.key ? by : null
  return by < 0 && last.items[-by]?.key === items[0]?.key ? by : null
}
