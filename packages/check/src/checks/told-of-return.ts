import { endOf, isPushedTo, lastConnection } from './connections.ts'
import { groupBy } from './group-by.ts'
import type { IndexedHistory, Reader, Room } from './indexed-history.ts'
import type { Membership } from './memberships.ts'
import { Inquiry, type Answer } from './question.ts'

/**
 * Whoever comes into a room is told so on every device that is connected, within the bound: a device that
 * is never told hears nothing of the room, and cannot know that it is behind.
 */
export function toldOfReturn(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  const { wellFromMs, readers, rooms } = history
  if (wellFromMs === undefined) return inquiry
  const pushed = [...readers.values()].filter(
    (reader) => isPushedTo(reader) && reader.connections.length > 0,
  )
  const devices = groupBy(pushed, ({ userId }) => userId)
  for (const room of rooms.values()) {
    for (const userId of room.memberships.userIds()) {
      const membership = room.memberships.of(userId).at(-1)
      if (membership === undefined || membership.leftSeq !== Infinity) continue
      for (const reader of devices.get(userId) ?? []) {
        lookAtDevice(inquiry, { history, room, reader, membership, fromMs: wellFromMs })
      }
    }
  }
  return inquiry
}

interface Device {
  readonly history: IndexedHistory
  readonly room: Room
  readonly reader: Reader
  readonly membership: Membership
  readonly fromMs: number
}

function lookAtDevice(
  inquiry: Inquiry,
  { history, room, reader, membership, fromMs }: Device,
): void {
  const { committed, roomId } = room
  const { fromMs: connectedMs, untilMs } = lastConnection(reader, endOf(history))
  // Whoever connects later is in the room already, and is not told.
  if (connectedMs >= committed.earliest(membership.joinedSeq)) return
  const dueMs = Math.max(fromMs, committed.latest(membership.joinedSeq)) + history.bounds.catchUpMs
  const { isIn, line } = placeOf(room, reader)
  if (!isIn && untilMs < dueMs) return
  inquiry.looked += 1
  if (isIn) return
  const says = (): string =>
    `${reader.id} was connected when ${reader.userId} came into room ${roomId}, and was never told`
  inquiry.report([membership.joinedLine, line], says, roomId)
}

/** Whether it takes itself for a member at the end, and the line that said last that it is none. */
function placeOf({ tracks }: Room, { id }: Reader): { isIn: boolean; line: number | undefined } {
  const track = tracks.get(id)
  let [lastIn, lastOut]: [number, number | undefined] = [0, undefined]
  for (const { what, line } of track?.notes ?? []) {
    // Where it stands at the end it says of the rooms that it knows itself to be in.
    if (what === 'removed') lastOut = line
    else lastIn = line
  }
  for (const { line } of track?.deliveries ?? []) lastIn = Math.max(lastIn, line)
  return { isIn: lastIn > (lastOut ?? 0), line: lastOut }
}
