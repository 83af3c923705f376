import type { RoomRange } from '../jobs/job.ts'

/**
 * So many events in all, of the newest of each room: all of those in which little waits, and of the rest
 * as many each. Where even one a room is too much, rooms with the least come first.
 */
export function shareLooks(waiting: readonly RoomRange[], looks: number): RoomRange[] {
  const lengthOf = ({ fromSeq, toSeq }: RoomRange): number => toSeq - fromSeq + 1
  const sorted = waiting.toSorted((one, other) => lengthOf(one) - lengthOf(other))
  const shared: RoomRange[] = []
  let left = looks
  for (const [index, range] of sorted.entries()) {
    if (left === 0) break
    const share = Math.max(1, Math.floor(left / (sorted.length - index)))
    const length = Math.min(share, lengthOf(range))
    left -= length
    shared.push({ ...range, fromSeq: range.toSeq - length + 1 })
  }
  return shared
}
