import { MESSAGE_CREATED, MESSAGE_UPDATED, REACTION_CHANGED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { completed, fitting, inlineBytes, sized, type Sized } from '../log/sized-rows.ts'

/** One line of an export. */
export type ExportLine = { readonly type: string } & Readonly<Record<string, unknown>>

export interface UserExportStore {
  /** Profile, sessions, blocks, preferences: a few lines. */
  readonly profile: (userId: string) => Promise<ExportLine[]>
  readonly memberships: (
    userId: string,
    after: string | null,
    limit: number,
  ) => Promise<ExportLine[]>
  /** The next room that the user has written in, in the order of their ids. */
  readonly nextRoom: (userId: string, after: string | null) => Promise<string | null>
  /** Fewer than `limit` where they are long; none only where there are none. */
  readonly messages: (
    userId: string,
    roomId: string,
    afterSeq: number,
    limit: number,
  ) => Promise<ExportLine[]>
  /** What each edit said, by the `seq` of the edit; as `messages`. */
  readonly edits: (
    userId: string,
    roomId: string,
    afterSeq: number,
    limit: number,
  ) => Promise<ExportLine[]>
  readonly reactions: (userId: string, roomId: string, limit: number) => Promise<ExportLine[]>
  readonly files: (userId: string, after: string | null, limit: number) => Promise<ExportLine[]>
}

type Row = Record<string, unknown>

const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString()
  return Buffer.isBuffer(value) && value.length === 16 ? fromBytes(value) : value
}
const toLine =
  (type: string) =>
  (row: Row): ExportLine => ({
    type,
    ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
  })

/** Small tables of a user, with what of them is shown. Never a secret. */
const SMALL: readonly (readonly [type: string, sql: string])[] = [
  [
    'user',
    `SELECT id, kind, username, display_name AS displayName, avatar_url AS avatarUrl,
       created_at AS createdAt, erased_at AS erasedAt FROM user WHERE id = ?`,
  ],
  [
    'session',
    `SELECT id, created_at AS createdAt, refreshed_at AS refreshedAt, expires_at AS expiresAt,
       revoked_at AS revokedAt FROM session WHERE user_id = ? ORDER BY id LIMIT 1000`,
  ],
  [
    'block',
    `SELECT blocked_id AS userId, created_at AS createdAt FROM user_block
     WHERE user_id = ? ORDER BY blocked_id`,
  ],
  ['prefs', 'SELECT privacy FROM user_pref WHERE user_id = ?'],
  [
    'presence',
    `SELECT status, status_text AS text, last_seen_at AS lastSeenAt FROM user_presence
     WHERE user_id = ?`,
  ],
  [
    'notifications',
    `SELECT room_level AS roomLevel, direct_level AS directLevel, preview, quiet_zone AS quietZone,
       quiet_from AS quietFrom, quiet_to AS quietTo, digest FROM user_notify WHERE user_id = ?`,
  ],
  [
    'email',
    `SELECT address, asked_at AS askedAt, confirmed_at AS confirmedAt FROM user_email
     WHERE user_id = ?`,
  ],
  [
    'device',
    `SELECT id, kind, name, registered_at AS registeredAt FROM push_device
     WHERE user_id = ? ORDER BY registered_at LIMIT 1000`,
  ],
  [
    'report',
    `SELECT room_id AS roomId, seq, reason, note, created_at AS createdAt FROM report
     WHERE reporter_id = ? ORDER BY id LIMIT 10000`,
  ],
  [
    'invite',
    `SELECT id, room_id AS roomId, role, created_at AS createdAt, expires_at AS expiresAt
     FROM room_invite WHERE user_id = ? AND closed_at IS NULL ORDER BY id LIMIT 10000`,
  ],
  [
    'scheduled',
    `SELECT id, room_id AS roomId, send_at AS sendAt, status, draft FROM scheduled_message
     WHERE user_id = ? ORDER BY id LIMIT 10000`,
  ],
]

const after = (column: string, id: string | null): readonly [string, Buffer[]] =>
  id === null ? ['', []] : [`AND ${column} > ?`, [toBytes(id)]]

interface MessageRow {
  readonly seq: number
  readonly ts: Date
  readonly editedAt: Date | null
  readonly deletedAt: Date | null
  readonly data: string
}
const BODY = 'COALESCE(s.data, e.data)'
const MESSAGES_OF = `FROM room_event e
  LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
  WHERE e.actor_id = ? AND e.room_id = ? AND e.type = ${MESSAGE_CREATED}`

interface EditRow {
  readonly seq: number
  readonly ref: number
  readonly ts: Date
  readonly data: string
}
const EDITS_OF = `FROM room_event e
  WHERE e.actor_id = ? AND e.room_id = ? AND e.type = ${MESSAGE_UPDATED}`

function createReadEdits(pool: Pool): UserExportStore['edits'] {
  return async (userId, roomId, afterSeq, limit) => {
    const found = await pool.query<Sized<EditRow>[]>(
      `SELECT e.seq, e.ref_seq AS ref, e.ts, ${sized('e.data')}
       ${EDITS_OF} AND e.seq > ? ORDER BY e.seq LIMIT ?`,
      [inlineBytes(limit), userId, toBytes(roomId), afterSeq, limit],
    )
    const rows = await completed<EditRow>(fitting(found), (seqs) =>
      pool.query<EditRow[]>(
        `SELECT e.seq, e.ref_seq AS ref, e.ts, e.data
         ${EDITS_OF} AND e.seq IN (${seqs.map(() => '?').join()})`,
        [userId, toBytes(roomId), ...seqs],
      ),
    )
    return rows.map(({ seq, ref, ts, data }) => {
      const { sealed: _, ...body } = JSON.parse(data) as Record<string, unknown>
      return { type: 'edit', roomId, seq, ref, ts: ts.toISOString(), body }
    })
  }
}

export function createUserExportStore(pool: Pool): UserExportStore {
  const read = async (type: string, sql: string, values: unknown[]): Promise<ExportLine[]> =>
    (await pool.query<Row[]>(sql, values)).map(toLine(type))

  return {
    async profile(userId) {
      const tables = await Promise.all(SMALL.map(([type, sql]) => read(type, sql, [userId])))
      return tables.flat()
    },

    memberships(userId, afterRoom, limit) {
      const [where, values] = after('m.room_id', afterRoom)
      return read(
        'membership',
        `SELECT m.room_id AS roomId, r.name, m.role, m.joined_at AS joinedAt,
           m.joined_seq AS joinedSeq, m.left_seq AS leftSeq, m.read_seq AS readSeq,
           m.muted_until AS mutedUntil, m.banned_until AS bannedUntil, m.notify AS notifyLevel,
           m.snoozed_until AS snoozedUntil
         FROM room_member m JOIN room r ON r.id = m.room_id
         WHERE m.user_id = ? ${where} ORDER BY m.room_id LIMIT ?`,
        [userId, ...values, limit],
      )
    },

    async nextRoom(userId, afterRoom) {
      const [where, values] = after('room_id', afterRoom)
      const [row] = await pool.query<{ room_id: Buffer }[]>(
        `SELECT room_id FROM room_event WHERE actor_id = ? ${where} ORDER BY room_id LIMIT 1`,
        [userId, ...values],
      )
      return row === undefined ? null : fromBytes(row.room_id)
    },

    async messages(userId, roomId, afterSeq, limit) {
      const found = await pool.query<Sized<MessageRow>[]>(
        `SELECT e.seq, e.ts, s.edited_at AS editedAt, s.deleted_at AS deletedAt, ${sized(BODY)}
         ${MESSAGES_OF} AND e.seq > ? ORDER BY e.seq LIMIT ?`,
        [inlineBytes(limit), userId, toBytes(roomId), afterSeq, limit],
      )
      const rows = await completed<MessageRow>(fitting(found), (seqs) =>
        pool.query<MessageRow[]>(
          `SELECT e.seq, e.ts, s.edited_at AS editedAt, s.deleted_at AS deletedAt, ${BODY} AS data
           ${MESSAGES_OF} AND e.seq IN (${seqs.map(() => '?').join()})`,
          [userId, toBytes(roomId), ...seqs],
        ),
      )
      return rows.map(({ seq, ts, data, editedAt, deletedAt }) => ({
        type: 'message',
        roomId,
        seq,
        ts: ts.toISOString(),
        ...(editedAt !== null && { editedAt: editedAt.toISOString() }),
        ...(deletedAt !== null && { deletedAt: deletedAt.toISOString() }),
        body: JSON.parse(data) as unknown,
      }))
    },

    edits: createReadEdits(pool),

    reactions: (userId, roomId, limit) =>
      read(
        'reaction',
        `SELECT DISTINCT r.room_id AS roomId, r.seq, r.reaction_key AS \`key\`
         FROM room_event e JOIN message_reaction r
           ON r.room_id = e.room_id AND r.seq = e.ref_seq AND r.user_id = e.actor_id
         WHERE e.actor_id = ? AND e.room_id = ? AND e.type = ${REACTION_CHANGED} LIMIT ?`,
        [userId, toBytes(roomId), limit],
      ),

    files(userId, afterFile, limit) {
      const [where, values] = after('id', afterFile)
      return read(
        'file',
        `SELECT id, name, mime, bytes, created_at AS createdAt FROM file
         WHERE owner_id = ? AND removed_at IS NULL ${where} ORDER BY id LIMIT ?`,
        [userId, ...values, limit],
      )
    },
  }
}
