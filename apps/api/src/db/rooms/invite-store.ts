import { LIMITS, type Invite, type MemberRole } from '@parley/message-schema'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

export interface NewInvite {
  readonly id: string
  readonly roomId: string
  /** SHA-256 of the code; `null` for one that is for `userId`. */
  readonly codeHash: Buffer | null
  readonly userId: string | null
  readonly role: MemberRole
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly maxUses: number | null
}

export interface StoredInvite {
  readonly invite: Invite
  /** Used up, revoked, declined or over. */
  readonly hasEnded: boolean
}

export interface InvitesOf {
  readonly roomId: string
  /** Only those of this person. */
  readonly createdBy: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

export interface InviteStore {
  /** One of a person replaces that person’s earlier one. `false` if the room has too many. */
  readonly add: (invite: NewInvite) => Promise<boolean>
  /** Open ones, latest first. */
  readonly list: (of: InvitesOf) => Promise<Invite[]>
  /** Nobody joins by it any more once this is done. `false` if there is no such open invite. */
  readonly revoke: (
    roomId: string,
    id: string,
    createdBy: string | undefined,
    now: Date,
  ) => Promise<boolean>
  readonly findByCode: (codeHash: Buffer) => Promise<StoredInvite | null>
  readonly findPersonal: (id: string, userId: string) => Promise<StoredInvite | null>
  /** Open ones of a person, in rooms that are there, latest first. */
  readonly listPersonal: (
    userId: string,
    after: string | undefined,
    limit: number,
  ) => Promise<Invite[]>
  readonly decline: (id: string, userId: string, now: Date) => Promise<void>
}

const COLUMNS = `i.id, i.room_id, i.user_id, i.role, i.created_by, i.created_at, i.expires_at,
  i.max_uses, i.uses, i.closed_at`

interface Row {
  readonly id: Buffer
  readonly room_id: Buffer
  readonly user_id: string | null
  readonly role: MemberRole
  readonly created_by: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly max_uses: number | null
  readonly uses: number
  readonly closed_at: Date | null
}

const toInvite = (row: Row): Invite => ({
  id: fromBytes(row.id),
  roomId: fromBytes(row.room_id),
  userId: row.user_id,
  role: row.role,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  maxUses: row.max_uses,
  uses: row.uses,
})

const toStored = (row: Row | undefined): StoredInvite | null =>
  row === undefined
    ? null
    : {
        invite: toInvite(row),
        hasEnded: row.closed_at !== null || row.expires_at.getTime() <= Date.now(),
      }

const IN_ROOMS_THAT_ARE_THERE = 'JOIN room r ON r.id = i.room_id AND r.deleted_at IS NULL'

async function add(pool: Pool, invite: NewInvite): Promise<boolean> {
  const { id, roomId, codeHash, userId, role, createdBy, createdAt, expiresAt, maxUses } = invite
  const room = toBytes(roomId)
  return inTransaction(pool, async (connection) => {
    await connection.query(
      `UPDATE room_invite SET closed_at = ?
       WHERE room_id = ? AND closed_at IS NULL AND (expires_at <= ? OR user_id = ?)`,
      [createdAt, room, createdAt, userId],
    )
    const [open] = await connection.query<{ invites: number }[]>(
      'SELECT COUNT(*) AS invites FROM room_invite WHERE room_id = ? AND closed_at IS NULL',
      [room],
    )
    if ((open?.invites ?? 0) >= LIMITS.invitesPerRoom) return false
    await connection.query(
      `INSERT INTO room_invite
         (id, room_id, code_hash, user_id, role, created_by, created_at, expires_at, max_uses)
       VALUES (?,?,?,?,?,?,?,?,?)`,
      [toBytes(id), room, codeHash, userId, role, createdBy, createdAt, expiresAt, maxUses],
    )
    return true
  })
}

export function createInviteStore(pool: Pool): InviteStore {
  return {
    add: (invite) => add(pool, invite),

    async list({ roomId, createdBy, after, limit }) {
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM room_invite i FORCE INDEX (room_invite_room)
         WHERE i.room_id = ? AND i.closed_at IS NULL AND i.expires_at > ?
           ${createdBy === undefined ? '' : 'AND i.created_by = ?'}
           ${after === undefined ? '' : 'AND i.id < ?'}
         ORDER BY i.id DESC LIMIT ?`,
        [
          toBytes(roomId),
          new Date(),
          ...(createdBy === undefined ? [] : [createdBy]),
          ...(after === undefined ? [] : [toBytes(after)]),
          limit,
        ],
      )
      return rows.map(toInvite)
    },

    // Behind the room's lock, as joining is: whoever is joining by it now has done so before.
    revoke: (roomId, id, createdBy, now) =>
      inTransaction(pool, async (connection) => {
        const room = toBytes(roomId)
        await connection.query('SELECT head FROM room_head WHERE room_id = ? FOR UPDATE', [room])
        const { affectedRows } = await connection.query<{ affectedRows: number }>(
          `UPDATE room_invite SET closed_at = ? WHERE id = ? AND room_id = ? AND closed_at IS NULL
             ${createdBy === undefined ? '' : 'AND created_by = ?'}`,
          [now, toBytes(id), room, ...(createdBy === undefined ? [] : [createdBy])],
        )
        return affectedRows === 1
      }),

    async findByCode(codeHash) {
      const [row] = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM room_invite i ${IN_ROOMS_THAT_ARE_THERE} WHERE i.code_hash = ?`,
        [codeHash],
      )
      return toStored(row)
    },

    async findPersonal(id, userId) {
      const [row] = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM room_invite i ${IN_ROOMS_THAT_ARE_THERE}
         WHERE i.id = ? AND i.user_id = ?`,
        [toBytes(id), userId],
      )
      return toStored(row)
    },

    async listPersonal(userId, after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT STRAIGHT_JOIN ${COLUMNS} FROM room_invite i FORCE INDEX (room_invite_user)
         ${IN_ROOMS_THAT_ARE_THERE}
         WHERE i.user_id = ? AND i.closed_at IS NULL AND i.expires_at > ?
           ${after === undefined ? '' : 'AND i.id < ?'}
         ORDER BY i.id DESC LIMIT ?`,
        [userId, new Date(), ...(after === undefined ? [] : [toBytes(after)]), limit],
      )
      return rows.map(toInvite)
    },

    async decline(id, userId, now) {
      await pool.query(
        'UPDATE room_invite SET closed_at = ? WHERE id = ? AND user_id = ? AND closed_at IS NULL',
        [now, toBytes(id), userId],
      )
    },
  }
}
