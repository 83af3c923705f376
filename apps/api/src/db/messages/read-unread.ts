import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { PoolConnection } from '../connect.ts'
import { fromKeys } from '../key-list.ts'

export interface Unread {
  /** The cursor that the counts belong to. */
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
}

/** Where counting begins: behind the cursor, what one may not see, and what retention has erased. */
const START = 'GREATEST(m.read_seq, m.visible_from - 1, r.erased_to)'

/**
 * C6, of the member `m` in the room `r` with head `h`. Countable messages are numbered, so those after
 * the cursor are a difference; one's own and deleted ones among them are taken off. The cost is that
 * of one's own messages and the deletions since one last read, not of what is unread.
 */
export const UNREAD_COLUMNS = `
  CAST(h.last_msg_no AS SIGNED) - CAST(GREATEST(m.read_msg_no, r.erased_msg_no) AS SIGNED)
  - (SELECT COUNT(e.msg_no) FROM room_event e FORCE INDEX (room_event_actor)
     WHERE e.actor_id = m.user_id AND e.room_id = m.room_id AND e.type = ${MESSAGE_CREATED}
       AND e.seq > ${START})
  - (SELECT COUNT(*) FROM message_state s
     STRAIGHT_JOIN room_event d ON d.room_id = s.room_id AND d.seq = s.seq
     WHERE s.room_id = m.room_id AND s.seq > ${START} AND s.deleted_at IS NOT NULL
       AND d.actor_id <> m.user_id AND d.msg_no IS NOT NULL) AS unread,
  (SELECT COUNT(*) FROM room_mention n
   WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.seq > ${START})
  + (SELECT COUNT(*) FROM room_mention n
     WHERE n.room_id = m.room_id AND n.user_id = '' AND n.seq > ${START}
       AND n.actor_id <> m.user_id) AS mentions`

/** Keys are `roomId/userId`; one query for all. */
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
    `SELECT m.room_id, m.user_id, m.read_seq, ${UNREAD_COLUMNS}
     ${from} STRAIGHT_JOIN room r ON r.id = m.room_id STRAIGHT_JOIN room_head h ON h.room_id = m.room_id`,
    values,
  )
  return new Map(
    rows.map((row) => [
      `${fromBytes(row.room_id)}/${row.user_id}`,
      { readSeq: row.read_seq, unread: row.unread, mentions: row.mentions },
    ]),
  )
}
