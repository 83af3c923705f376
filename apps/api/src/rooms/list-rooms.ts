import type { Room, RoomKind } from '@parley/message-schema'
import type { RoomStore } from '../db/room-store.ts'
import { readCursor, readNameCursor, writeCursor, writeNameCursor } from './room-cursor.ts'
import { toRoom, type RoomView } from './to-room.ts'

export interface ListRoomsQuery {
  readonly scope: 'mine' | 'public'
  readonly q?: string | undefined
  readonly kind?: RoomKind | undefined
  readonly unread?: boolean | undefined
  readonly archived: boolean
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

/** The list is read forwards: rooms that are newer come with reading it again. */
const pageOf = (
  data: readonly RoomView[],
  asked: string | undefined,
  next: string | null,
): RoomsPage => ({
  data: data.map(toRoom),
  page: {
    before: null,
    after: next ?? asked ?? null,
    hasMoreBefore: asked !== undefined,
    hasMoreAfter: next !== null,
  },
})

export function createListRooms(
  rooms: Pick<RoomStore, 'listMine' | 'listPublic' | 'findPublic'>,
): ListRooms {
  async function listPublic(userId: string, query: ListRoomsQuery): Promise<RoomsPage> {
    const { q, after, archived, limit } = query
    const common = { userId, archived, limit: limit + 1 }
    const views =
      q === undefined
        ? await rooms.listPublic({
            ...common,
            after: after === undefined ? undefined : readCursor(after),
          })
        : await rooms.findPublic({
            ...common,
            q,
            after: after === undefined ? undefined : readNameCursor(after),
          })
    const shown = views.slice(0, limit)
    const last = views.length > limit ? shown.at(-1)?.facts : undefined
    if (last === undefined) return pageOf(shown, after, null)
    const { id: roomId, name, createdAt } = last
    const next =
      q === undefined
        ? writeCursor({ atMs: createdAt.getTime(), roomId })
        : writeNameCursor({ name: name ?? '', roomId })
    return pageOf(shown, after, next)
  }

  return async (userId, { q: typed, ...query }) => {
    const q = typed === '' ? undefined : typed
    if (query.scope === 'public') return listPublic(userId, { ...query, q })
    const after = query.after === undefined ? undefined : readCursor(query.after)
    const { views, next } = await rooms.listMine({ ...query, userId, q, after })
    return pageOf(views, query.after, next === null ? null : writeCursor(next))
  }
}
