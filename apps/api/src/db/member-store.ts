import type { Member, MemberRole, RoomKind, Visibility } from '@parley/message-schema'
import { toBytes } from './binary-id.ts'
import type { Pool } from './connect.ts'

/** A room seen by one person, who may or may not be, or have been, a member of it. */
export interface Standing {
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly head: number
  /** `null` for somebody who never was a member. */
  readonly member: {
    readonly role: MemberRole
    readonly isActive: boolean
    readonly visibleFrom: number
  } | null
}

export interface MemberStore {
  readonly standing: (roomId: string, userId: string) => Promise<Standing | null>
  readonly find: (roomId: string, userId: string) => Promise<Member | null>
  /** In the order of their ids, after `after`. */
  readonly list: (roomId: string, after: string | undefined, limit: number) => Promise<Member[]>
}

const MEMBERS = `SELECT m.user_id, m.role, m.joined_at, u.username, u.display_name, u.avatar_url
  FROM room_member m LEFT JOIN user u ON u.id = m.user_id
  WHERE m.room_id = ? AND m.left_seq IS NULL`

interface MemberRow {
  readonly user_id: string
  readonly role: MemberRole
  readonly joined_at: Date
  readonly username: string | null
  readonly display_name: string | null
  readonly avatar_url: string | null
}

const toMember = (row: MemberRow): Member => ({
  userId: row.user_id,
  username: row.username,
  displayName: row.display_name ?? row.user_id,
  avatarUrl: row.avatar_url,
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
})

interface StandingRow {
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly head: number
  readonly role: MemberRole | null
  readonly left_seq: number | null
  readonly visible_from: number | null
}

export function createMemberStore(pool: Pool): MemberStore {
  return {
    async standing(roomId, userId) {
      const [row] = await pool.query<StandingRow[]>(
        `SELECT r.kind, r.visibility, h.head, m.role, m.left_seq, m.visible_from
         FROM room r JOIN room_head h ON h.room_id = r.id
         LEFT JOIN room_member m ON m.room_id = r.id AND m.user_id = ?
         WHERE r.id = ?`,
        [userId, toBytes(roomId)],
      )
      if (row === undefined) return null
      const { kind, visibility, head, role, left_seq: leftSeq, visible_from: visibleFrom } = row
      const member =
        role === null || visibleFrom === null
          ? null
          : { role, isActive: leftSeq === null, visibleFrom }
      return { kind, visibility, head, member }
    },

    async find(roomId, userId) {
      const [row] = await pool.query<MemberRow[]>(`${MEMBERS} AND m.user_id = ?`, [
        toBytes(roomId),
        userId,
      ])
      return row === undefined ? null : toMember(row)
    },

    async list(roomId, after, limit) {
      const rows = await pool.query<MemberRow[]>(
        `${MEMBERS} ${after === undefined ? '' : 'AND m.user_id > ?'} ORDER BY m.user_id LIMIT ?`,
        [toBytes(roomId), ...(after === undefined ? [] : [after]), limit],
      )
      return rows.map(toMember)
    },
  }
}
