import type { Room, RoomKind } from '@parley/message-schema'
import type { RoomStore } from '../db/rooms/room-store.ts'
import {
  readCursor,
  readNameCursor,
  writeCursor,
  writeNameCursor,
  type RoomCursor,
} from './room-cursor.ts'
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
  hasMore: boolean,
  place: string | undefined,
): RoomsPage => ({
  data: data.map(toRoom),
  page: {
    before: null,
    after: place ?? asked ?? null,
    hasMoreBefore: asked !== undefined,
    hasMoreAfter: hasMore,
  },
})

/** Of a room in the list of one's own. */
const placeOf = (view: RoomView | undefined): RoomCursor | undefined =>
  view?.me ? { atMs: view.me.joinedAt.getTime(), roomId: view.facts.id } : undefined

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
    const hasMore = views.length > limit
    const last = shown.at(-1)?.facts
    if (last === undefined) return pageOf(shown, after, hasMore, undefined)
    const { id: roomId, name, createdAt } = last
    const place =
      q === undefined
        ? writeCursor({ atMs: createdAt.getTime(), roomId })
        : writeNameCursor({ name: name ?? '', roomId })
    return pageOf(shown, after, hasMore, place)
  }

  return async (userId, { q: typed, ...query }) => {
    const q = typed === '' ? undefined : typed
    if (query.scope === 'public') return listPublic(userId, { ...query, q })
    const after = query.after === undefined ? undefined : readCursor(query.after)
    const { views, next } = await rooms.listMine({ ...query, userId, q, after })
    const place = next ?? placeOf(views.at(-1))
    return pageOf(views, query.after, next !== null, place && writeCursor(place))
  }
}
