import type { Invite, InvitePreview } from '@parley/message-schema'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** What is shown of invites to this person, in their order: one query, however many there are. */
export type ReadInvitePreviews = (
  invites: readonly Invite[],
  userId: string,
) => Promise<InvitePreview[]>

interface Row {
  readonly id: Buffer
  readonly room_id: Buffer
  readonly name: string | null
  readonly topic: string | null
  readonly avatar_url: string | null
  readonly member_count: number
  readonly created_by: string
  readonly display_name: string | null
  readonly inviter_avatar: string | null
  readonly is_member: number
}

export function createReadInvitePreviews(pool: Pool): ReadInvitePreviews {
  return async (invites, userId) => {
    if (invites.length === 0) return []
    const rows = await pool.query<Row[]>(
      `SELECT i.id, i.room_id, r.name, r.topic, r.avatar_url, h.member_count, i.created_by,
         u.display_name, u.avatar_url AS inviter_avatar, m.user_id IS NOT NULL AS is_member
       FROM room_invite i JOIN room r ON r.id = i.room_id JOIN room_head h ON h.room_id = i.room_id
       LEFT JOIN user u ON u.id = i.created_by
       LEFT JOIN room_member m
         ON m.room_id = i.room_id AND m.user_id = ? AND m.left_seq IS NULL
       WHERE i.id IN (${invites.map(() => '?').join()})`,
      [userId, ...invites.map(({ id }) => toBytes(id))],
    )
    const byId = new Map(rows.map((row) => [fromBytes(row.id), row]))
    return invites.flatMap(({ id, role, expiresAt }) => {
      const row = byId.get(id)
      if (row === undefined) return []
      const { topic, name, created_by: createdBy, member_count: memberCount } = row
      return [
        {
          id,
          room: { id: fromBytes(row.room_id), name, topic, avatarUrl: row.avatar_url, memberCount },
          inviter: {
            id: createdBy,
            displayName: row.display_name ?? createdBy,
            avatarUrl: row.inviter_avatar,
          },
          role,
          expiresAt,
          isMember: row.is_member === 1,
        },
      ]
    })
  }
}
