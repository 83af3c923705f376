import type { Room } from '@parley/message-schema'

/** What a room is called: its name, or the people of a conversation. */
export function roomTitle(room: Pick<Room, 'kind' | 'name' | 'peers'>): string {
  if (room.name !== null && room.name !== '') return room.name
  const names = (room.peers ?? []).map(({ displayName }) => displayName)
  if (names.length > 0) return names.join(', ')
  return room.kind === 'room' ? 'Room without a name' : 'Just you'
}
