import type { RoomRange } from './job.ts'

/** Ranges of one room that touch or overlap become one. Rooms stay in the order of their first. */
export function mergeRanges(ranges: readonly RoomRange[]): RoomRange[] {
  const byRoom = new Map<string, RoomRange[]>()
  for (const range of ranges) {
    const room = byRoom.get(range.roomId)
    if (room === undefined) byRoom.set(range.roomId, [range])
    else room.push(range)
  }
  return [...byRoom.values()].flatMap(mergeRoom)
}

function mergeRoom(ranges: readonly RoomRange[]): RoomRange[] {
  const merged: RoomRange[] = []
  for (const range of ranges.toSorted((one, other) => one.fromSeq - other.fromSeq)) {
    const last = merged.at(-1)
    if (last === undefined || range.fromSeq > last.toSeq + 1) merged.push(range)
    else merged[merged.length - 1] = { ...last, toSeq: Math.max(last.toSeq, range.toSeq) }
  }
  return merged
}
