import type { Member, MemberRole, Permission, RoomKind, Visibility } from '@parley/message-schema'
import { definitionOf } from '../../room-log/authority.ts'
import { muteEnd, permissionsOf } from '../../rooms/to-room.ts'
import { readOverrides } from '../log/batch-rows.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { CUSTOM_ROLE_COLUMNS, customRoleOf, type CustomRoleColumns } from './custom-role.ts'

/** A room seen by one person, who may or may not be, or have been, a member of it. */
export interface Standing {
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly archived: boolean
  readonly head: number
  readonly memberCount: number
  /** `null` for somebody who never was a member. */
  readonly member: {
    readonly role: MemberRole
    readonly rank: number
    readonly permissions: ReadonlySet<Permission>
    readonly isActive: boolean
    readonly visibleFrom: number
  } | null
  /** The end of a ban that holds now; the year 9999 is for ever. */
  readonly bannedUntil: Date | null
}

export interface MemberStore {
  /** `null` also for a room that was deleted. */
  readonly standing: (roomId: string, userId: string) => Promise<Standing | null>
  readonly find: (roomId: string, userId: string) => Promise<Member | null>
}

/** Of `room_member m` and `user u`. */
export const MEMBER_VIEW_COLUMNS = `m.user_id, m.role, m.joined_at, m.muted_until, u.username,
  u.display_name, u.avatar_url`

export interface MemberViewRow {
  readonly user_id: string
  readonly role: MemberRole
  readonly joined_at: Date
  readonly muted_until: Date | null
  readonly username: string | null
  readonly display_name: string | null
  readonly avatar_url: string | null
}

export const toMember = (row: MemberViewRow): Member => ({
  userId: row.user_id,
  username: row.username,
  displayName: row.display_name ?? row.user_id,
  avatarUrl: row.avatar_url,
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
  mutedUntil: muteEnd(row.muted_until),
})

interface StandingRow extends CustomRoleColumns {
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly archived: number
  readonly role_overrides: string | null
  readonly head: number
  readonly member_count: number
  readonly role: MemberRole | null
  readonly joined_seq: number | null
  readonly left_seq: number | null
  readonly visible_from: number | null
  readonly banned_until: Date | null
}

function memberOf(row: StandingRow): Standing['member'] {
  const { kind, role, joined_seq: joinedSeq, visible_from: visibleFrom } = row
  // Somebody who was banned before they ever came has a row that says 0.
  if (role === null || visibleFrom === null || joinedSeq === 0) return null
  const customRole = customRoleOf(row)
  const roleOverrides = readOverrides(row.role_overrides)
  return {
    role,
    rank: definitionOf(kind, role, customRole).rank,
    permissions: new Set(permissionsOf({ kind, roleOverrides }, { role, customRole })),
    isActive: row.left_seq === null,
    visibleFrom,
  }
}

export function createMemberStore(pool: Pool): MemberStore {
  return {
    async standing(roomId, userId) {
      const [row] = await pool.query<StandingRow[]>(
        `SELECT r.kind, r.visibility, r.archived, r.role_overrides, h.head, h.member_count, m.role,
           m.joined_seq, m.left_seq, m.visible_from, m.banned_until, ${CUSTOM_ROLE_COLUMNS}
         FROM room r JOIN room_head h ON h.room_id = r.id
         LEFT JOIN room_member m ON m.room_id = r.id AND m.user_id = ?
         LEFT JOIN custom_role c ON c.name = m.role
         WHERE r.id = ? AND r.deleted_at IS NULL`,
        [userId, toBytes(roomId)],
      )
      if (row === undefined) return null
      const { kind, visibility, head, member_count: memberCount, banned_until: bannedUntil } = row
      return {
        kind,
        visibility,
        archived: row.archived === 1,
        head,
        memberCount,
        member: memberOf(row),
        bannedUntil:
          bannedUntil !== null && bannedUntil.getTime() > Date.now() ? bannedUntil : null,
      }
    },

    async find(roomId, userId) {
      const [row] = await pool.query<MemberViewRow[]>(
        `SELECT ${MEMBER_VIEW_COLUMNS} FROM room_member m LEFT JOIN user u ON u.id = m.user_id
         WHERE m.room_id = ? AND m.user_id = ? AND m.left_seq IS NULL`,
        [toBytes(roomId), userId],
      )
      return row === undefined ? null : toMember(row)
    },
  }
}
