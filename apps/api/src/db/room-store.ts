import type { HistoryPolicy, MemberRole, RoomKind, Visibility } from '@parley/message-schema'
import type { RoomCursor } from '../rooms/room-cursor.ts'
import type { Part, RoomFacts, RoomView } from '../rooms/to-room.ts'
import { fromBytes, toBytes } from './binary-id.ts'
import type { Pool } from './connect.ts'
import { readUnread } from './read-unread.ts'
import { escapeLike } from './user-store.ts'

export interface RoomQuery {
  readonly userId: string
  readonly q: string | undefined
  readonly after: RoomCursor | undefined
  readonly limit: number
}

/** Every answer takes the same number of queries, however many rooms there are in it. */
export interface RoomStore {
  /** Latest joined first. */
  readonly listMine: (query: RoomQuery) => Promise<RoomView[]>
  /** Latest created first. */
  readonly listPublic: (query: RoomQuery) => Promise<RoomView[]>
  readonly find: (roomId: string, userId: string) => Promise<RoomView | null>
}

/** People shown of a DM: enough for a title. */
const PEERS = 5

const COLUMNS = `r.id, r.kind, r.name, r.visibility, r.topic, r.history, r.created_at,
  h.head, h.last_msg_no, h.member_count, m.role, m.read_seq, m.joined_at`

interface RoomRow {
  readonly id: Buffer
  readonly kind: RoomKind
  readonly name: string | null
  readonly visibility: Visibility
  readonly topic: string | null
  readonly history: HistoryPolicy
  readonly created_at: Date
  readonly head: number
  readonly last_msg_no: number
  readonly member_count: number
  readonly role: MemberRole | null
  readonly read_seq: number | null
  readonly joined_at: Date | null
}

const toFacts = (row: RoomRow): RoomFacts => ({
  id: fromBytes(row.id),
  kind: row.kind,
  name: row.name,
  visibility: row.visibility,
  topic: row.topic,
  history: row.history,
  createdAt: row.created_at,
  head: row.head,
  lastMsgNo: row.last_msg_no,
  memberCount: row.member_count,
})

const toPart = ({ role, read_seq: readSeq, joined_at: joinedAt }: RoomRow): Part | null =>
  role === null || readSeq === null || joinedAt === null ? null : { role, readSeq, joinedAt }

async function readPeers(
  pool: Pool,
  roomIds: readonly string[],
  userId: string,
): Promise<Map<string, { id: string; displayName: string }[]>> {
  const peers = new Map<string, { id: string; displayName: string }[]>()
  if (roomIds.length === 0) return peers
  const rows = await pool.query<
    { room_id: Buffer; user_id: string; display_name: string | null }[]
  >(
    `SELECT p.room_id, p.user_id, u.display_name
     FROM (SELECT room_id, user_id,
                  ROW_NUMBER() OVER (PARTITION BY room_id ORDER BY user_id) AS place
           FROM room_member
           WHERE room_id IN (${roomIds.map(() => '?').join()}) AND user_id <> ? AND left_seq IS NULL) p
     LEFT JOIN user u ON u.id = p.user_id
     WHERE p.place <= ${PEERS} ORDER BY p.user_id`,
    [...roomIds.map(toBytes), userId],
  )
  for (const row of rows) {
    const roomId = fromBytes(row.room_id)
    const peer = { id: row.user_id, displayName: row.display_name ?? row.user_id }
    const there = peers.get(roomId)
    if (there === undefined) peers.set(roomId, [peer])
    else there.push(peer)
  }
  return peers
}

async function toViews(pool: Pool, rows: readonly RoomRow[], userId: string): Promise<RoomView[]> {
  const rooms = rows.map((row) => ({ facts: toFacts(row), part: toPart(row) }))
  const mine = rooms.filter(({ part }) => part !== null)
  const [counts, peers] = await Promise.all([
    readUnread(
      pool,
      mine.map(({ facts }) => ({ roomId: facts.id, userId })),
    ),
    readPeers(
      pool,
      mine.filter(({ facts }) => facts.kind !== 'room').map(({ facts }) => facts.id),
      userId,
    ),
  ])
  return rooms.map(({ facts, part }) => {
    const count = counts.get(`${facts.id}/${userId}`) ?? { unread: 0, mentions: 0 }
    return {
      facts,
      me: part === null ? null : { ...part, ...count },
      peers: peers.get(facts.id) ?? [],
    }
  })
}

export function createRoomStore(pool: Pool): RoomStore {
  return {
    async listMine({ userId, q, after, limit }) {
      const at = after === undefined ? [] : [new Date(after.atMs), new Date(after.atMs)]
      const rows = await pool.query<RoomRow[]>(
        `SELECT ${COLUMNS}
         FROM room_member m JOIN room r ON r.id = m.room_id JOIN room_head h ON h.room_id = r.id
         WHERE m.user_id = ? AND m.left_seq IS NULL
           ${after === undefined ? '' : 'AND (m.joined_at < ? OR (m.joined_at = ? AND m.room_id < ?))'}
           ${q === undefined ? '' : 'AND r.name LIKE ?'}
         ORDER BY m.joined_at DESC, m.room_id DESC LIMIT ?`,
        [
          userId,
          ...at,
          ...(after === undefined ? [] : [toBytes(after.roomId)]),
          ...(q === undefined ? [] : [`%${escapeLike(q)}%`]),
          limit,
        ],
      )
      return toViews(pool, rows, userId)
    },

    // Room ids are UUIDv7 that we make: the primary key is the order of creation.
    async listPublic({ userId, q, after, limit }) {
      const rows = await pool.query<RoomRow[]>(
        `SELECT ${COLUMNS}
         FROM room r JOIN room_head h ON h.room_id = r.id
         LEFT JOIN room_member m ON m.room_id = r.id AND m.user_id = ? AND m.left_seq IS NULL
         WHERE r.visibility = 'public' AND r.kind = 'room'
           ${after === undefined ? '' : 'AND r.id < ?'}
           ${q === undefined ? '' : 'AND r.name LIKE ?'}
         ORDER BY r.id DESC LIMIT ?`,
        [
          userId,
          ...(after === undefined ? [] : [toBytes(after.roomId)]),
          ...(q === undefined ? [] : [`%${escapeLike(q)}%`]),
          limit,
        ],
      )
      return toViews(pool, rows, userId)
    },

    async find(roomId, userId) {
      const rows = await pool.query<RoomRow[]>(
        `SELECT ${COLUMNS}
         FROM room r JOIN room_head h ON h.room_id = r.id
         LEFT JOIN room_member m ON m.room_id = r.id AND m.user_id = ? AND m.left_seq IS NULL
         WHERE r.id = ?`,
        [userId, toBytes(roomId)],
      )
      const [view] = await toViews(pool, rows, userId)
      return view ?? null
    },
  }
}
