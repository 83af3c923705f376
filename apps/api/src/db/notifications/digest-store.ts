import type { DigestRhythm, MessageBody, NotifyLevel, RoomKind } from '@parley/message-schema'
import type { DigestStore, UnreadRoom } from '../../mail/send-digests.ts'
import { effectiveLevel } from '../../notifications/notify-level.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { fromKeys } from '../key-list.ts'
import { inTransaction } from '../transaction.ts'

/** Rooms of one mail, and messages that are counted in all of them together. */
const ROOMS = 200
const MESSAGES = 2_000

interface RoomRow {
  readonly room_id: Buffer
  readonly kind: RoomKind
  readonly name: string | null
  readonly peer: string | null
  readonly member_count: number
  readonly notify: NotifyLevel | null
  readonly room_level: NotifyLevel | null
  readonly direct_level: NotifyLevel | null
  readonly after_seq: number
}

interface SeqRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly ts: Date
}

/** Rooms in which there is something new, and which are not silenced. Latest first. */
async function readRooms(pool: Pool, userId: string, now: Date): Promise<RoomRow[]> {
  return pool.query<RoomRow[]>(
    `SELECT m.room_id, r.kind, r.name, h.member_count, m.notify, u.room_level, u.direct_level,
       GREATEST(m.read_seq, m.visible_from - 1, r.erased_to, COALESCE(p.seq, 0)) AS after_seq,
       IF(r.kind = 'room', NULL,
          (SELECT x.display_name FROM room_member o JOIN user x ON x.id = o.user_id
           WHERE o.room_id = m.room_id AND o.left_seq IS NULL AND o.user_id <> m.user_id
           LIMIT 1)) AS peer
     FROM room_member m
     JOIN room r ON r.id = m.room_id
     JOIN room_head h ON h.room_id = m.room_id
     LEFT JOIN user_notify u ON u.user_id = m.user_id
     LEFT JOIN digest_position p ON p.user_id = m.user_id AND p.room_id = m.room_id
     WHERE m.user_id = ? AND m.left_seq IS NULL AND r.deleted_at IS NULL
       AND (m.snoozed_until IS NULL OR m.snoozed_until <= ?)
       AND COALESCE(m.notify, IF(r.kind = 'room', u.room_level, u.direct_level), '') <> 'none'
       AND h.head > GREATEST(m.read_seq, COALESCE(p.seq, 0))
     ORDER BY m.room_id DESC LIMIT ${ROOMS}`,
    [userId, now],
  )
}

const levelOf = (row: RoomRow): NotifyLevel =>
  effectiveLevel({
    kind: row.kind,
    memberCount: row.member_count,
    level: row.notify,
    roomLevel: row.room_level,
    directLevel: row.direct_level,
  })

/** In rooms only what mentions one: a mail is no copy of the room. */
const isWhole = (row: RoomRow): boolean => row.kind !== 'room' && levelOf(row) === 'all'

/** `e` is a message of somebody else, as it stands now. */
const COUNTED = `LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
  WHERE e.type = ${MESSAGE_CREATED} AND e.actor_id <> ? AND e.msg_no IS NOT NULL
    AND s.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM user_block b
                    WHERE b.user_id = ? AND b.blocked_id = e.actor_id)
  ORDER BY e.room_id, e.seq DESC LIMIT ${MESSAGES}`

async function readSeqs(
  pool: Pool,
  userId: string,
  rows: readonly RoomRow[],
  mentionsOnly: boolean,
): Promise<SeqRow[]> {
  if (rows.length === 0) return []
  const { table, values } = derivedTable(
    ['room_id', 'after_seq'],
    rows.map(({ room_id, after_seq }) => [room_id, after_seq]),
  )
  return mentionsOnly
    ? pool.query<SeqRow[]>(
        `SELECT DISTINCT e.room_id, e.seq, e.ts FROM ${table} k
         STRAIGHT_JOIN room_mention n ON n.room_id = k.room_id AND n.user_id IN (?, '')
           AND n.seq > k.after_seq
         STRAIGHT_JOIN room_event e ON e.room_id = n.room_id AND e.seq = n.seq ${COUNTED}`,
        [...values, userId, userId, userId],
      )
    : pool.query<SeqRow[]>(
        `SELECT e.room_id, e.seq, e.ts FROM ${table} k
         STRAIGHT_JOIN room_event e ON e.room_id = k.room_id AND e.seq > k.after_seq ${COUNTED}`,
        [...values, userId, userId],
      )
}

function toUnread(rows: readonly RoomRow[], seqs: readonly SeqRow[]): UnreadRoom[] {
  return rows
    .map((row) => ({
      roomId: fromBytes(row.room_id),
      name: row.name ?? row.peer,
      isDirect: row.kind !== 'room',
      messages: seqs
        .filter(({ room_id }) => room_id.equals(row.room_id))
        .map(({ seq, ts }) => ({ seq, ts }))
        .toReversed(),
    }))
    .filter(({ messages }) => messages.length > 0)
}

interface UserRow {
  readonly user_id: string
  readonly address: string
  readonly digest: DigestRhythm | null
  readonly preview: number | null
  readonly digest_sent_at: Date | null
  readonly last_seen_at: Date | null
  readonly attempts: number
}

async function takeUsers(pool: Pool, now: Date, limit: number, leaseMs: number) {
  const ids = await inTransaction(pool, async (connection) => {
    const rows = await connection.query<{ user_id: string }[]>(
      `SELECT user_id FROM user_email WHERE digest_due_at <= ? AND confirmed_at IS NOT NULL
       ORDER BY digest_due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
      [now, limit],
    )
    if (rows.length > 0) {
      await connection.query(
        `UPDATE user_email SET digest_due_at = ?
         WHERE user_id IN (${rows.map(() => '?').join()})`,
        [new Date(now.getTime() + leaseMs), ...rows.map(({ user_id }) => user_id)],
      )
    }
    return rows.map(({ user_id }) => user_id)
  })
  if (ids.length === 0) return []
  return pool.query<UserRow[]>(
    `SELECT e.user_id, e.address, n.digest, n.preview, e.digest_sent_at, p.last_seen_at, e.attempts
     FROM user_email e
     LEFT JOIN user_notify n ON n.user_id = e.user_id
     LEFT JOIN user_presence p ON p.user_id = e.user_id
     WHERE e.user_id IN (${ids.map(() => '?').join()})`,
    ids,
  )
}

type Progress = 'begin' | 'undo' | 'settle' | 'giveUp'

function createReads(pool: Pool): Omit<DigestStore, Progress> {
  return {
    async take(now, limit, leaseMs) {
      return (await takeUsers(pool, now, limit, leaseMs)).map((row) => ({
        userId: row.user_id,
        address: row.address,
        rhythm: row.digest ?? 'daily',
        previews: row.preview !== 0,
        sentAt: row.digest_sent_at,
        lastSeenAt: row.last_seen_at,
        attempts: row.attempts + 1,
      }))
    },

    async unread(userId, now) {
      const rooms = (await readRooms(pool, userId, now)).filter((row) => levelOf(row) !== 'none')
      const whole = rooms.filter(isWhole)
      const mentioning = rooms.filter((row) => !isWhole(row))
      return [
        ...toUnread(whole, await readSeqs(pool, userId, whole, false)),
        ...toUnread(mentioning, await readSeqs(pool, userId, mentioning, true)),
      ]
    },

    async lastMessages(keys) {
      if (keys.length === 0) return []
      const { from, values } = fromKeys(
        'room_event',
        'e',
        [
          ['room_id', 'binary'],
          ['seq', 'number'],
        ],
        keys.map(({ roomId, seq }) => [toBytes(roomId), seq]),
      )
      const rows = await pool.query<
        {
          room_id: Buffer
          seq: number
          actor_id: string
          display_name: string | null
          data: string
        }[]
      >(
        `SELECT e.room_id, e.seq, e.actor_id, u.display_name, COALESCE(s.data, e.data) AS data
         ${from}
         LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
         LEFT JOIN user u ON u.id = e.actor_id
         WHERE s.deleted_at IS NULL ORDER BY e.room_id, e.seq`,
        values,
      )
      return rows.map((row) => ({
        roomId: fromBytes(row.room_id),
        seq: row.seq,
        from: row.display_name ?? row.actor_id,
        body: JSON.parse(row.data) as MessageBody,
      }))
    },
  }
}

/** What was told of, and when to look again. */
function createProgress(pool: Pool): Pick<DigestStore, Progress> {
  return {
    begin: (userId, rooms, link) =>
      inTransaction(pool, async (connection) => {
        await connection.query(
          `INSERT INTO email_link (token_hash, user_id, purpose, address, expires_at)
           VALUES (?, ?, ?, ?, ?)`,
          [link.tokenHash, userId, link.purpose, link.address, link.expiresAt],
        )
        await connection.query(
          `INSERT INTO digest_position (user_id, room_id, seq, before_seq)
           VALUES ${rooms.map(() => '(?, ?, ?, 0)').join()}
           ON DUPLICATE KEY UPDATE before_seq = digest_position.seq, seq = VALUES(seq)`,
          rooms.flatMap(({ roomId, seq }) => [userId, toBytes(roomId), seq]),
        )
      }),

    undo: (userId, roomIds, tokenHash) =>
      inTransaction(pool, async (connection) => {
        await connection.query('DELETE FROM email_link WHERE token_hash = ?', [tokenHash])
        await connection.query(
          `UPDATE digest_position SET seq = before_seq
           WHERE user_id = ? AND room_id IN (${roomIds.map(() => '?').join()})`,
          [userId, ...roomIds.map(toBytes)],
        )
      }),

    async settle({ userId, address }, dueAt, outcome) {
      const sentAt = typeof outcome === 'string' ? null : outcome.sentAt
      await pool.query(
        `UPDATE user_email
         SET digest_due_at = ?, digest_sent_at = COALESCE(?, digest_sent_at),
             attempts = IF(?, attempts + 1, 0)
         WHERE user_id = ? AND address = ? AND confirmed_at IS NOT NULL`,
        [dueAt, sentAt, outcome === 'failed', userId, address],
      )
    },

    async giveUp({ userId, address }) {
      await pool.query(
        `UPDATE user_email SET confirmed_at = NULL, digest_due_at = NULL, attempts = 0
         WHERE user_id = ? AND address = ?`,
        [userId, address],
      )
    },
  }
}

export const createDigestStore = (pool: Pool): DigestStore => ({
  ...createReads(pool),
  ...createProgress(pool),
})
