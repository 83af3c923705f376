import { LIMITS } from '@parley/message-schema'
import { createLruCache } from '@parley/server-kit'
import type { RoomRange } from '../../jobs/job.ts'
import type { NotableMessage, PendingStore } from '../../notifications/note-candidates.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { inTransaction } from '../transaction.ts'

/** As `effectiveLevel` says it; the size of the room is asked where it matters. */
const LEVEL = `COALESCE(m.notify, IF(r.kind = 'room', COALESCE(u.room_level, 'mentions'),
  COALESCE(u.direct_level, 'all')))`

/** Whom it would be no use to think about again. Everything is asked once more when it is decided. */
const CONCERNED = `m.left_seq IS NULL AND m.user_id <> e.actor_id AND m.read_seq < e.seq
  AND m.visible_from <= e.seq AND (m.snoozed_until IS NULL OR m.snoozed_until <= ?)
  AND EXISTS (SELECT 1 FROM push_device d WHERE d.user_id = m.user_id)
  AND NOT EXISTS (SELECT 1 FROM user_block b
                  WHERE b.user_id = m.user_id AND b.blocked_id = e.actor_id)`

const INSERT = 'INSERT INTO pending_notification (user_id, room_id, seq, reason)'
/** The first reason stays: the strongest is written first. */
const KEEP = 'ON DUPLICATE KEY UPDATE seq = pending_notification.seq'

interface NotableRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly for_all: string | null
  readonly reply_to: string | null
  readonly thread_id: string | null
}

const numberOf = (json: string | null): number | undefined =>
  json === null ? undefined : Number(json)

/** `keys`: bytes of the room, `seq`, and of an answer the `seq` that it answers. */
type Keys = readonly (readonly unknown[])[]

function noteMentioned(connection: PoolConnection, keys: Keys, now: Date): Promise<unknown> {
  const { table, values } = derivedTable(['room_id', 'seq'], keys)
  return connection.query(
    `${INSERT} SELECT m.user_id, e.room_id, e.seq, 'mention'
     FROM ${table} k
     STRAIGHT_JOIN room_event e ON e.room_id = k.room_id AND e.seq = k.seq
     STRAIGHT_JOIN room r ON r.id = e.room_id
     STRAIGHT_JOIN room_mention n ON n.room_id = e.room_id AND n.seq = e.seq AND n.user_id <> ''
     STRAIGHT_JOIN room_member m ON m.room_id = e.room_id AND m.user_id = n.user_id
     LEFT JOIN user_notify u ON u.user_id = m.user_id
     WHERE ${CONCERNED} AND ${LEVEL} <> 'none' ${KEEP}`,
    [...values, now],
  )
}

function noteAnswered(connection: PoolConnection, keys: Keys, now: Date): Promise<unknown> {
  const { table, values } = derivedTable(['room_id', 'seq', 'target'], keys)
  return connection.query(
    `${INSERT} SELECT m.user_id, e.room_id, e.seq, 'reply'
     FROM ${table} k
     STRAIGHT_JOIN room_event e ON e.room_id = k.room_id AND e.seq = k.seq
     STRAIGHT_JOIN room_event t ON t.room_id = k.room_id AND t.seq = k.target
     STRAIGHT_JOIN room r ON r.id = e.room_id
     STRAIGHT_JOIN room_member m ON m.room_id = e.room_id AND m.user_id = t.actor_id
     LEFT JOIN user_notify u ON u.user_id = m.user_id
     WHERE ${CONCERNED} AND ${LEVEL} <> 'none' ${KEEP}`,
    [...values, now],
  )
}

/** In rooms up to a size, those who asked for all; of a message to everybody also all others. */
function noteEverybody(
  connection: PoolConnection,
  keys: Keys,
  now: Date,
  isForAll: boolean,
): Promise<unknown> {
  const { table, values } = derivedTable(['room_id', 'seq'], keys)
  return connection.query(
    `${INSERT} SELECT m.user_id, e.room_id, e.seq, '${isForAll ? 'mention' : 'message'}'
     FROM ${table} k
     STRAIGHT_JOIN room_event e ON e.room_id = k.room_id AND e.seq = k.seq
     STRAIGHT_JOIN room r ON r.id = e.room_id
     STRAIGHT_JOIN room_head h ON h.room_id = r.id AND h.member_count <= ${LIMITS.notifyAllMembers}
     STRAIGHT_JOIN room_member m ON m.room_id = e.room_id
     LEFT JOIN user_notify u ON u.user_id = m.user_id
     WHERE ${CONCERNED} AND ${LEVEL} ${isForAll ? "<> 'none'" : "= 'all'"} ${KEEP}`,
    [...values, now],
  )
}

/** What is said of a room holds for so long: who asks for all is told of what comes after it. */
const ASKED_FOR_MS = 10_000
const ROOMS_KNOWN = 50_000

/**
 * Rooms in which anybody may have asked for all. In most large rooms nobody has, and to ask all their
 * members about each message would cost more than the message.
 */
function createAskedForAll(pool: Pool) {
  const known = createLruCache<boolean>({ max: ROOMS_KNOWN, ttl: ASKED_FOR_MS })

  async function ask(roomIds: readonly string[]): Promise<void> {
    if (roomIds.length === 0) return
    const { table, values } = derivedTable(
      ['room_id'],
      roomIds.map((roomId) => [toBytes(roomId)]),
    )
    const rows = await pool.query<{ id: Buffer; is_asked: number }[]>(
      `SELECT r.id, r.kind <> 'room' OR EXISTS (
         SELECT 1 FROM room_member m LEFT JOIN user_notify u ON u.user_id = m.user_id
         WHERE m.room_id = r.id AND m.left_seq IS NULL
           AND COALESCE(m.notify, u.room_level, '') = 'all') AS is_asked
       FROM ${table} k
       STRAIGHT_JOIN room r ON r.id = k.room_id
       STRAIGHT_JOIN room_head h ON h.room_id = r.id AND h.member_count <= ${LIMITS.notifyAllMembers}`,
      values,
    )
    const asked = new Set(rows.filter(({ is_asked }) => is_asked).map(({ id }) => fromBytes(id)))
    for (const roomId of roomIds) known.set(roomId, asked.has(roomId))
  }

  return async (messages: readonly NotableMessage[]): Promise<NotableMessage[]> => {
    const unknown = messages.map(({ roomId }) => roomId).filter((roomId) => !known.has(roomId))
    await ask([...new Set(unknown)])
    return messages.filter(({ roomId }) => known.get(roomId) !== false)
  }
}

/** Whoever has something pending and no time for it yet. In the order of the keys: no deadlocks. */
function setDue(connection: PoolConnection, keys: Keys, dueAt: Date): Promise<unknown> {
  const { table, values } = derivedTable(['room_id', 'seq'], keys)
  return connection.query(
    `INSERT INTO notification_state (user_id, room_id, due_at)
     SELECT DISTINCT p.user_id, p.room_id, CAST(? AS DATETIME(3))
     FROM ${table} k
     STRAIGHT_JOIN pending_notification p ON p.room_id = k.room_id AND p.seq = k.seq
     ORDER BY p.user_id, p.room_id
     ON DUPLICATE KEY UPDATE due_at = COALESCE(notification_state.due_at, VALUES(due_at))`,
    [dueAt, ...values],
  )
}

export function createPendingStore(pool: Pool): PendingStore {
  const askedForAll = createAskedForAll(pool)
  return {
    async readNotable(ranges: readonly RoomRange[], since) {
      // Joined to a table of ranges, each range would be found by reading the whole room.
      const inRanges = ranges.map(() => '(e.room_id = ? AND e.seq BETWEEN ? AND ?)').join(' OR ')
      // The bodies stay where they are: they may be long, and four small fields are asked for.
      const field = (name: string): string =>
        `CAST(JSON_UNQUOTE(JSON_EXTRACT(e.data, '$.${name}')) AS CHAR)`
      // A body that cannot be read as JSON, as with half an emoji, would fail all of them in MySQL.
      const rows = await pool.query<NotableRow[]>(
        `SELECT e.room_id, e.seq, ${field('mentionAll')} AS for_all,
                ${field('replyTo')} AS reply_to, ${field('threadId')} AS thread_id
         FROM room_event e FORCE INDEX (PRIMARY)
         WHERE (${inRanges}) AND e.type = ${MESSAGE_CREATED}
           AND e.msg_no IS NOT NULL AND e.ts > ?
           AND IF(JSON_VALID(e.data), JSON_EXTRACT(e.data, '$.silent', '$.deleted') IS NULL, FALSE)`,
        [
          ...ranges.flatMap(({ roomId, fromSeq, toSeq }) => [toBytes(roomId), fromSeq, toSeq]),
          since,
        ],
      )
      return rows.map((row): NotableMessage => ({
        roomId: fromBytes(row.room_id),
        seq: row.seq,
        isForAll: row.for_all === 'room',
        answers: [numberOf(row.reply_to), numberOf(row.thread_id)].filter(
          (seq) => seq !== undefined,
        ),
      }))
    },

    async note(messages, now, dueAt) {
      const key = ({ roomId, seq }: NotableMessage): unknown[] => [toBytes(roomId), seq]
      const answers = messages.flatMap((message) =>
        message.answers.map((target) => [...key(message), target]),
      )
      const forAll = messages.filter(({ isForAll }) => isForAll).map(key)
      const others = await askedForAll(messages.filter(({ isForAll }) => !isForAll))
      await inTransaction(pool, async (connection) => {
        await noteMentioned(connection, messages.map(key), now)
        if (forAll.length > 0) await noteEverybody(connection, forAll, now, true)
        if (answers.length > 0) await noteAnswered(connection, answers, now)
        if (others.length > 0) await noteEverybody(connection, others.map(key), now, false)
        await setDue(connection, messages.map(key), dueAt)
      })
    },
  }
}
