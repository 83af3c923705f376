import type { MessageBody, RoomFacts } from '@parley/message-schema'
import { EVENT_TYPE_NUMBERS, MESSAGE_CREATED } from '../../room-log/event-row.ts'
import type { IndexSource } from '../../search/index-ranges.ts'
import type { FoundMessage } from '../../search/to-search-doc.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { fromKeys } from '../key-list.ts'

interface MessageRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly actor_id: string
  readonly ts: Date
  readonly data: string
  readonly deleted_at: Date | null
  readonly erased_to: number
  readonly room_deleted_at: Date | null
}

function toFound(row: MessageRow): FoundMessage {
  const body = JSON.parse(row.data) as MessageBody
  return {
    roomId: fromBytes(row.room_id),
    seq: row.seq,
    senderId: row.actor_id,
    ts: row.ts,
    body,
    isDeleted:
      row.deleted_at !== null ||
      body.deleted === true ||
      row.seq <= row.erased_to ||
      row.room_deleted_at !== null,
  }
}

const COLUMNS = `e.room_id, e.seq, e.actor_id, e.ts, COALESCE(s.data, e.data) AS data, s.deleted_at,
  r.erased_to, r.deleted_at AS room_deleted_at`
const JOINS = `LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
  JOIN room r ON r.id = e.room_id`

const ROOM_UPDATED = EVENT_TYPE_NUMBERS['room:updated']
/** Edited or given previews, and deleted. */
const OF_A_MESSAGE = new Set([
  EVENT_TYPE_NUMBERS['message:updated'],
  EVENT_TYPE_NUMBERS['message:deleted'],
])

/** What an index is filled from: the log, and the messages as they stand. */
export function createSearchSource(pool: Pool): IndexSource {
  return {
    async touched(roomId, fromSeq, limit) {
      const rows = await pool.query<
        { type: number; seq: number; ref_seq: number | null; data: string | null }[]
      >(
        `SELECT type, seq, ref_seq, IF(type = ?, data, NULL) AS data FROM room_event
         WHERE room_id = ? AND seq >= ? ORDER BY seq LIMIT ?`,
        [ROOM_UPDATED, toBytes(roomId), fromSeq, limit],
      )
      const revisions = new Map<number, number>()
      let erasedTo = 0
      for (const { type, seq, ref_seq: ref, data } of rows) {
        if (type === MESSAGE_CREATED) revisions.set(seq, seq)
        else if (ref !== null && OF_A_MESSAGE.has(type)) revisions.set(ref, seq)
        else if (data !== null) {
          const facts = JSON.parse(data) as RoomFacts
          // A room that was deleted is erased whole, a while later; it is not found from now on.
          erasedTo = Math.max(erasedTo, facts.deleted === true ? seq : (facts.erasedTo ?? 0))
        }
      }
      const nextSeq = (rows.at(-1)?.seq ?? fromSeq - 1) + 1
      return { revisions, nextSeq, isEnd: rows.length < limit, erasedTo }
    },

    async read(keys) {
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
      const rows = await pool.query<MessageRow[]>(
        `SELECT ${COLUMNS} ${from} ${JOINS} WHERE e.type = ${MESSAGE_CREATED}`,
        values,
      )
      return rows.map(toFound)
    },
  }
}
