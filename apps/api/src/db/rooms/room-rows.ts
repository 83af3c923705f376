import type {
  HistoryPolicy,
  MemberRole,
  NotifyLevel,
  RoomKind,
  Visibility,
} from '@parley/message-schema'
import { effectiveLevel } from '../../notifications/notify-level.ts'
import type { Part, RoomFacts, RoomView } from '../../rooms/to-room.ts'
import { readOverrides } from '../log/batch-rows.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { CUSTOM_ROLE_COLUMNS, customRoleOf, type CustomRoleColumns } from './custom-role.ts'
import { readUnread } from '../messages/read-unread.ts'

/** Of `room r`, `room_head h`, `room_member m` and `custom_role c`. */
export const ROOM_VIEW_COLUMNS = `r.id, r.kind, r.name, r.visibility, r.topic, r.avatar_url, r.frozen,
  r.archived, r.history, r.slow_mode_s, r.retention_days, r.role_overrides, r.created_at,
  h.head, h.last_msg_no, h.member_count, m.role, m.read_seq, m.joined_at, m.muted_until, m.notify,
  (SELECT n.room_level FROM user_notify n WHERE n.user_id = m.user_id) AS room_level,
  (SELECT n.direct_level FROM user_notify n WHERE n.user_id = m.user_id) AS direct_level,
  ${CUSTOM_ROLE_COLUMNS}`

export interface RoomViewRow extends CustomRoleColumns {
  readonly id: Buffer
  readonly kind: RoomKind
  readonly name: string | null
  readonly visibility: Visibility
  readonly topic: string | null
  readonly avatar_url: string | null
  readonly frozen: number
  readonly archived: number
  readonly history: HistoryPolicy
  readonly slow_mode_s: number
  readonly retention_days: number | null
  readonly role_overrides: string | null
  readonly created_at: Date
  readonly head: number
  readonly last_msg_no: number
  readonly member_count: number
  readonly role: MemberRole | null
  readonly read_seq: number | null
  readonly joined_at: Date | null
  readonly muted_until: Date | null
  readonly notify: NotifyLevel | null
  readonly room_level: NotifyLevel | null
  readonly direct_level: NotifyLevel | null
}

const toFacts = (row: RoomViewRow): RoomFacts => ({
  id: fromBytes(row.id),
  kind: row.kind,
  name: row.name,
  visibility: row.visibility,
  topic: row.topic,
  avatarUrl: row.avatar_url,
  frozen: row.frozen === 1,
  archived: row.archived === 1,
  history: row.history,
  slowModeS: row.slow_mode_s,
  retentionDays: row.retention_days,
  roleOverrides: readOverrides(row.role_overrides),
  createdAt: row.created_at,
  head: row.head,
  lastMsgNo: row.last_msg_no,
  memberCount: row.member_count,
})

function toPart(row: RoomViewRow): Part | null {
  const { role, read_seq: readSeq, joined_at: joinedAt } = row
  if (role === null || readSeq === null || joinedAt === null) return null
  return {
    role,
    customRole: customRoleOf(row),
    readSeq,
    joinedAt,
    mutedUntil: row.muted_until,
    notify: effectiveLevel({
      kind: row.kind,
      memberCount: row.member_count,
      level: row.notify,
      roomLevel: row.room_level,
      directLevel: row.direct_level,
    }),
  }
}

/** People shown of a DM: enough for a title. */
const PEERS = 5

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

/** With what is unread and who the others are: two queries, however many rooms there are. */
export async function toRoomViews(
  pool: Pool,
  rows: readonly RoomViewRow[],
  userId: string,
): Promise<RoomView[]> {
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
      me: part === null ? null : { ...part, unread: count.unread, mentions: count.mentions },
      peers: peers.get(facts.id) ?? [],
    }
  })
}
