import type { ReadStateStore, RoomUnread } from '../db/messages/read-state-store.ts'

export interface UnreadList {
  readonly data: RoomUnread[]
  readonly total: { readonly rooms: number; readonly unread: number; readonly mentions: number }
}

export type ListUnread = (userId: string) => Promise<UnreadList>

const NAMED = 1_000

/** Rooms with something unread, those that name one first. The sum is of all. */
export function createListUnread(reads: Pick<ReadStateStore, 'unreadOf'>): ListUnread {
  return async (userId) => {
    const rooms = (await reads.unreadOf(userId)).filter(({ unread }) => unread > 0)
    const total = { rooms: rooms.length, unread: 0, mentions: 0 }
    for (const { unread, mentions } of rooms) {
      total.unread += unread
      total.mentions += mentions
    }
    const inOrder = rooms.toSorted(
      (one, other) => other.mentions - one.mentions || (one.roomId < other.roomId ? -1 : 1),
    )
    return { data: inOrder.slice(0, NAMED), total }
  }
}
