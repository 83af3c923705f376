import type { Room } from '@parley/message-schema'
import type { RoomRecord } from '../log/room-record.ts'

export function roomTitle(room: Room): string {
  if (room.name !== null) return room.name
  const names = room.peers?.map(({ displayName }) => displayName) ?? []
  return names.length > 0 ? names.join(', ') : 'Just you'
}

const byTitle = (a: RoomRecord, b: RoomRecord): number =>
  roomTitle(a.room).localeCompare(roomTitle(b.room))

/** Rooms, and conversations between people, each in the order of their titles. */
export function groupRooms(records: Iterable<RoomRecord>): {
  readonly rooms: readonly RoomRecord[]
  readonly directs: readonly RoomRecord[]
} {
  const all = [...records].toSorted(byTitle)
  return {
    rooms: all.filter(({ room }) => room.kind === 'room'),
    directs: all.filter(({ room }) => room.kind !== 'room'),
  }
}

export function unreadTotal(records: Iterable<RoomRecord>): number {
  let total = 0
  for (const { unread } of records) total += unread
  return total
}
