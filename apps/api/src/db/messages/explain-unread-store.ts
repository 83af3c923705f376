import type { UnreadExplanation } from '@parley/message-schema'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inSnapshot } from '../snapshot.ts'
import { readUnread } from './read-unread.ts'

/** `null`: there is no such room, or the user never was in it. */
export type ExplainUnread = (userId: string, roomId: string) => Promise<UnreadExplanation | null>

interface Place {
  readonly head: number
  readonly read_seq: number
  readonly visible_from: number
  readonly erased_to: number
  readonly left_seq: number | null
  readonly deleted_at: Date | null
}

const PLACE = `SELECT h.head, m.read_seq, m.visible_from, r.erased_to, m.left_seq, r.deleted_at
  FROM room_member m JOIN room r ON r.id = m.room_id JOIN room_head h ON h.room_id = m.room_id
  WHERE m.room_id = ? AND m.user_id = ?`

/** One walk through the log behind the cursor; sums are decimals, which the driver hands over as text. */
const EVENTS = `SELECT COUNT(*) AS events,
    COALESCE(SUM(e.type <> ${MESSAGE_CREATED}), 0) AS not_messages,
    COALESCE(SUM(e.type = ${MESSAGE_CREATED} AND e.msg_no IS NULL), 0) AS uncounted,
    COUNT(e.msg_no) AS counted,
    COALESCE(SUM(e.msg_no IS NOT NULL AND e.actor_id = ?), 0) AS own,
    COALESCE(SUM(e.msg_no IS NOT NULL
      AND IF(JSON_VALID(e.data), JSON_CONTAINS_PATH(e.data, 'one', '$.threadId'), FALSE)), 0) AS in_threads,
    COALESCE(SUM(e.msg_no IS NOT NULL AND b.blocked_id IS NOT NULL), 0) AS from_blocked
  FROM room_event e LEFT JOIN user_block b ON b.user_id = ? AND b.blocked_id = e.actor_id
  WHERE e.room_id = ? AND e.seq > ? AND e.seq <= ?`

const DELETED = `SELECT COUNT(*) AS n
  FROM message_state s JOIN room_event e ON e.room_id = s.room_id AND e.seq = s.seq
  WHERE s.room_id = ? AND s.seq > ? AND s.seq <= ? AND s.deleted_at IS NOT NULL
    AND e.msg_no IS NOT NULL AND e.actor_id <> ?`

const MENTIONS = `SELECT COUNT(*) AS n FROM room_mention n
  WHERE n.room_id = ? AND n.seq > ? AND n.seq <= ?
    AND (n.user_id = ? OR (n.user_id = '' AND n.actor_id <> ?))`

async function count(
  connection: PoolConnection,
  sql: string,
  values: readonly unknown[],
): Promise<number> {
  const [row] = await connection.query<{ n: number }[]>(sql, [...values])
  return row?.n ?? 0
}

/**
 * Counts message by message what the fast count knows by difference, at one moment, and shows both. Reads
 * everything behind the cursor: for a person who asks why, not for pages.
 */
export const createExplainUnread =
  (pool: Pool): ExplainUnread =>
  (userId, roomId) =>
    inSnapshot(pool, async (connection) => {
      const room = toBytes(roomId)
      const [place] = await connection.query<Place[]>(PLACE, [room, userId])
      if (place === undefined) return null
      const { head, read_seq: readSeq, visible_from: visibleFrom, erased_to: erasedTo } = place
      const countsAfter = Math.max(readSeq, visibleFrom - 1, erasedTo)
      const range = [room, countsAfter, head]
      const [events = {}] = await connection.query<Record<string, number | string>[]>(EVENTS, [
        userId,
        userId,
        ...range,
      ])
      const of = (name: string): number => Number(events[name] ?? 0)
      const deleted = await count(connection, DELETED, [...range, userId])
      const mentions = await count(connection, MENTIONS, [...range, userId, userId])
      const isMember = place.left_seq === null && place.deleted_at === null
      const told = await readUnread(connection, [{ roomId, userId }])
      const said = told.get(`${roomId}/${userId}`)
      return {
        userId,
        roomId,
        isMember,
        head,
        readSeq,
        visibleFrom,
        erasedTo,
        countsAfter,
        events: of('events'),
        notMessages: of('not_messages'),
        uncounted: of('uncounted'),
        counted: of('counted'),
        own: of('own'),
        deleted,
        unread: of('counted') - of('own') - deleted,
        mentions,
        inThreads: of('in_threads'),
        fromBlocked: of('from_blocked'),
        told:
          isMember && said !== undefined ? { unread: said.unread, mentions: said.mentions } : null,
      }
    })
