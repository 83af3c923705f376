import type { Room } from '@parley/message-schema'
import type { RoomStore } from '../db/room-store.ts'
import { readCursor, writeCursor, type RoomCursor } from './room-cursor.ts'
import { toRoom, type RoomView } from './to-room.ts'

export interface ListRoomsQuery {
  readonly scope: 'mine' | 'public'
  readonly q?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

export interface RoomsPage {
  readonly data: Room[]
  readonly page: {
    readonly before: null
    readonly after: string | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

export type ListRooms = (userId: string, query: ListRoomsQuery) => Promise<RoomsPage>

const placeOf = (scope: ListRoomsQuery['scope'], { facts, me }: RoomView): RoomCursor => ({
  atMs: scope === 'mine' ? (me?.joinedAt.getTime() ?? 0) : facts.createdAt.getTime(),
  roomId: facts.id,
})

/** The list is read forwards, newest first: rooms that are newer come with reading it again. */
export function createListRooms(rooms: Pick<RoomStore, 'listMine' | 'listPublic'>): ListRooms {
  return async (userId, { scope, q, after, limit }) => {
    const cursor = after === undefined ? undefined : readCursor(after)
    const query = { userId, q: q === '' ? undefined : q, after: cursor, limit: limit + 1 }
    const views = await (scope === 'mine' ? rooms.listMine(query) : rooms.listPublic(query))
    const shown = views.slice(0, limit)
    const last = shown.at(-1)
    return {
      data: shown.map(toRoom),
      page: {
        before: null,
        after: last === undefined ? (after ?? null) : writeCursor(placeOf(scope, last)),
        hasMoreBefore: after !== undefined,
        hasMoreAfter: views.length > limit,
      },
    }
  }
}
