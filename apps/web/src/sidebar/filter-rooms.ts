import type { RoomListItem } from '@parley/client'
import { roomTitle } from '../app/room-title.ts'

export type RoomFilter = 'all' | 'unread' | 'direct'

const FILTERS: Record<RoomFilter, (room: RoomListItem) => boolean> = {
  all: () => true,
  unread: ({ info }) => (info.me?.unread ?? 0) > 0,
  direct: ({ info }) => info.kind !== 'room',
}

/** For comparing what people type: without case and accents. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLocaleLowerCase()

/** The open room stays in sight while it is read, or it would vanish under the reader’s eyes. */
export function filterRooms(
  rooms: readonly RoomListItem[],
  filter: RoomFilter,
  words: string,
  openId: string | null,
): readonly RoomListItem[] {
  const wanted = plain(words.trim())
  if (filter === 'all' && wanted === '') return rooms
  const isIn = FILTERS[filter]
  return rooms.filter((room) => {
    const isKept = filter === 'unread' && room.info.id === openId
    if (!isKept && !isIn(room)) return false
    return wanted === '' || plain(roomTitle(room.info)).includes(wanted)
  })
}
