import { MESSAGE_CREATED } from '../room-log/event-row.ts'
import { fromBytes, toBytes } from './binary-id.ts'
import type { PoolConnection } from './connect.ts'
import { fromKeys } from './key-list.ts'

export interface Unread {
  /** The cursor that the counts belong to. */
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
}

/** C6: counted, not kept. Keys are `roomId/userId`; one query for all, over covering indexes. */
export async function readUnread(
  connection: Pick<PoolConnection, 'query'>,
  pairs: readonly { readonly roomId: string; readonly userId: string }[],
): Promise<Map<string, Unread>> {
  if (pairs.length === 0) return new Map()
  const { from, values } = fromKeys(
    'room_member',
    'm',
    [
      ['room_id', 'binary'],
      ['user_id', 'text'],
    ],
    pairs.map(({ roomId, userId }) => [toBytes(roomId), userId]),
  )
  const rows = await connection.query<
    { room_id: Buffer; user_id: string; read_seq: number; unread: number; mentions: number }[]
  >(
    `SELECT m.room_id, m.user_id, m.read_seq,
       (SELECT COUNT(*) FROM room_event e
        LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
        WHERE e.room_id = m.room_id AND e.type = ${MESSAGE_CREATED} AND e.seq > m.read_seq
          AND e.seq >= m.visible_from AND e.actor_id <> m.user_id AND s.deleted_at IS NULL) AS unread,
       (SELECT COUNT(*) FROM room_mention n
        WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.seq > m.read_seq
          AND n.seq >= m.visible_from) AS mentions
     ${from}`,
    values,
  )
  return new Map(
    rows.map((row) => [
      `${fromBytes(row.room_id)}/${row.user_id}`,
      { readSeq: row.read_seq, unread: row.unread, mentions: row.mentions },
    ]),
  )
}
