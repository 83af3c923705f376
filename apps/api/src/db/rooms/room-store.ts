import type { RoomKind } from '@parley/message-schema'
import type { NameCursor, RoomCursor } from '../../rooms/room-cursor.ts'
import type { RoomView } from '../../rooms/to-room.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { ROOM_VIEW_COLUMNS, toRoomViews, type RoomViewRow } from './room-rows.ts'
import { escapeLike } from '../users/user-store.ts'

export interface MyRoomsQuery {
  readonly userId: string
  readonly q?: string | undefined
  readonly kind?: RoomKind | undefined
  readonly unread?: boolean | undefined
  readonly archived: boolean
  readonly after: RoomCursor | undefined
  readonly limit: number
}

export interface PublicRoomsQuery {
  readonly userId: string
  readonly archived: boolean
  readonly after: RoomCursor | undefined
  readonly limit: number
}

export interface NamedRoomsQuery extends Omit<PublicRoomsQuery, 'after'> {
  /** What the name begins with. */
  readonly q: string
  readonly after: NameCursor | undefined
}

/** Every answer takes the same number of queries, however many rooms there are in it. */
export interface RoomStore {
  /** Latest joined first. `next` is where to go on: a page may be short and not the last. */
  readonly listMine: (
    query: MyRoomsQuery,
  ) => Promise<{ readonly views: RoomView[]; readonly next: RoomCursor | null }>
  /** Latest created first. */
  readonly listPublic: (query: PublicRoomsQuery) => Promise<RoomView[]>
  /** In the order of their names. */
  readonly findPublic: (query: NamedRoomsQuery) => Promise<RoomView[]>
  readonly find: (roomId: string, userId: string) => Promise<RoomView | null>
  /** The conversation of exactly these people, by `memberSetHash`. */
  readonly findByMembers: (memberSetHash: string) => Promise<string | null>
}

/**
 * Rooms that one call looks at to find those that are asked for: what bounds a filter that few rooms
 * pass. Almost nobody is in more rooms.
 */
export const ROOMS_SCANNED = 1_000

interface Place {
  readonly joined_at: Date
  readonly room_id: Buffer
}

const MINE = `FROM room_member m FORCE INDEX (room_member_user)`
const MY_ORDER = 'ORDER BY m.joined_at DESC, m.room_id DESC'

function beyond({ after, userId }: MyRoomsQuery): readonly [where: string, values: unknown[]] {
  if (after === undefined) return ['m.user_id = ? AND m.left_seq IS NULL', [userId]]
  const at = new Date(after.atMs)
  return [
    `m.user_id = ? AND m.left_seq IS NULL
     AND m.joined_at <= ? AND (m.joined_at < ? OR m.room_id < ?)`,
    [userId, at, at, toBytes(after.roomId)],
  ]
}

/** Latest joined and not latest active first: who is active changes while one reads the list. */
async function listMine(
  pool: Pool,
  query: MyRoomsQuery,
): Promise<{ views: RoomView[]; next: RoomCursor | null }> {
  const { userId, q, kind, unread, archived, limit } = query
  const [where, values] = beyond(query)
  const [end] = await pool.query<Place[]>(
    `SELECT m.joined_at, m.room_id ${MINE} WHERE ${where} ${MY_ORDER} LIMIT 1 OFFSET ?`,
    [...values, ROOMS_SCANNED - 1],
  )
  const found = await pool.query<RoomViewRow[]>(
    `SELECT STRAIGHT_JOIN ${ROOM_VIEW_COLUMNS} ${MINE}
     JOIN room r ON r.id = m.room_id JOIN room_head h ON h.room_id = m.room_id
     LEFT JOIN custom_role c ON c.name = m.role
     WHERE ${where} AND r.deleted_at IS NULL AND r.archived = ?
       ${end === undefined ? '' : 'AND m.joined_at >= ? AND (m.joined_at > ? OR m.room_id >= ?)'}
       ${kind === undefined ? '' : 'AND r.kind = ?'}
       ${q === undefined ? '' : 'AND r.name LIKE ?'}
       ${unread === true ? 'AND h.last_msg_no > m.read_msg_no' : ''}
     ${MY_ORDER} LIMIT ?`,
    [
      ...values,
      archived ? 1 : 0,
      ...(end === undefined ? [] : [end.joined_at, end.joined_at, end.room_id]),
      ...(kind === undefined ? [] : [kind]),
      ...(q === undefined ? [] : [`%${escapeLike(q)}%`]),
      limit + 1,
    ],
  )
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const place = found.length > limit && last !== undefined ? placeOf(last) : endOf(end)
  const views = await toRoomViews(pool, shown, userId)
  // The difference above counts messages of one’s own, too.
  const isAsked = ({ me }: RoomView): boolean => unread !== true || (me?.unread ?? 0) > 0
  return { views: views.filter(isAsked), next: place }
}

const placeOf = ({ joined_at: at, id }: RoomViewRow): RoomCursor => ({
  atMs: at?.getTime() ?? 0,
  roomId: fromBytes(id),
})

const endOf = (end: Place | undefined): RoomCursor | null =>
  end === undefined ? null : { atMs: end.joined_at.getTime(), roomId: fromBytes(end.room_id) }

const PART = `JOIN room_head h ON h.room_id = r.id
  LEFT JOIN room_member m ON m.room_id = r.id AND m.user_id = ? AND m.left_seq IS NULL
  LEFT JOIN custom_role c ON c.name = m.role`
const PUBLIC = `r.visibility = 'public' AND r.kind = 'room' AND r.archived = ?
  AND r.deleted_at IS NULL`

export function createRoomStore(pool: Pool): RoomStore {
  return {
    listMine: (query) => listMine(pool, query),

    // Room ids are UUIDv7 that we make: their order is that of creation.
    async listPublic({ userId, archived, after, limit }) {
      const rows = await pool.query<RoomViewRow[]>(
        `SELECT STRAIGHT_JOIN ${ROOM_VIEW_COLUMNS} FROM room r FORCE INDEX (room_listed) ${PART}
         WHERE ${PUBLIC} ${after === undefined ? '' : 'AND r.id < ?'}
         ORDER BY r.id DESC LIMIT ?`,
        [userId, archived ? 1 : 0, ...(after === undefined ? [] : [toBytes(after.roomId)]), limit],
      )
      return toRoomViews(pool, rows, userId)
    },

    async findPublic({ userId, archived, q, after, limit }) {
      const rows = await pool.query<RoomViewRow[]>(
        `SELECT STRAIGHT_JOIN ${ROOM_VIEW_COLUMNS} FROM room r FORCE INDEX (room_named) ${PART}
         WHERE ${PUBLIC} AND r.name LIKE ?
           ${after === undefined ? '' : 'AND r.name >= ? AND (r.name > ? OR r.id > ?)'}
         ORDER BY r.name, r.id LIMIT ?`,
        [
          userId,
          archived ? 1 : 0,
          `${escapeLike(q)}%`,
          ...(after === undefined ? [] : [after.name, after.name, toBytes(after.roomId)]),
          limit,
        ],
      )
      return toRoomViews(pool, rows, userId)
    },

    async find(roomId, userId) {
      const rows = await pool.query<RoomViewRow[]>(
        `SELECT ${ROOM_VIEW_COLUMNS} FROM room r ${PART}
         WHERE r.id = ? AND r.deleted_at IS NULL`,
        [userId, toBytes(roomId)],
      )
      const [view] = await toRoomViews(pool, rows, userId)
      return view ?? null
    },

    async findByMembers(hash) {
      const [row] = await pool.query<{ id: Buffer }[]>(
        'SELECT id FROM room WHERE member_set_hash = ?',
        [Buffer.from(hash, 'hex')],
      )
      return row === undefined ? null : fromBytes(row.id)
    },
  }
}
