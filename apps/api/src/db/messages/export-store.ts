import type { MessageBody } from '@parley/message-schema'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import type { ExportedMessage, ExportRoomFacts, ExportStore } from '../../transfer/export-room.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { completed, fitting, inlineBytes, sized, type Sized } from '../log/sized-rows.ts'

interface FactsRow {
  readonly kind: string
  readonly name: string | null
  readonly topic: string | null
  readonly visibility: string
  readonly history: string
  readonly created_at: Date
  readonly head: number
  readonly erased_to: number
}

interface MessageRow {
  readonly seq: number
  readonly msg_no: number | null
  readonly actor_id: string
  readonly ts: Date
  readonly data: string
  readonly version: number | null
  readonly edited_at: Date | null
  readonly deleted_at: Date | null
  readonly username: string | null
  readonly display_name: string | null
}

const BODY = 'COALESCE(s.data, e.data)'
const ENVELOPE = `e.seq, e.msg_no, e.actor_id, e.ts, s.version, s.edited_at, s.deleted_at,
  u.username, u.display_name`
const JOINS = `LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
  LEFT JOIN user u ON u.id = e.actor_id`

const toExported = (row: MessageRow): ExportedMessage => ({
  seq: row.seq,
  msgNo: row.msg_no,
  senderId: row.actor_id,
  username: row.username,
  displayName: row.display_name,
  ts: row.ts,
  body: JSON.parse(row.data) as MessageBody,
  version: row.version ?? 0,
  editedAt: row.edited_at,
  deletedAt: row.deleted_at,
})

/** Pages of a room by `seq`: each costs what it holds, wherever in the room it is. */
export function createExportStore(pool: Pool): ExportStore {
  return {
    async facts(roomId) {
      const [row] = await pool.query<FactsRow[]>(
        `SELECT r.kind, r.name, r.topic, r.visibility, r.history, r.created_at, h.head, r.erased_to
         FROM room r JOIN room_head h ON h.room_id = r.id
         WHERE r.id = ? AND r.deleted_at IS NULL`,
        [toBytes(roomId)],
      )
      if (row === undefined) return null
      const { created_at: createdAt, erased_to: erasedTo, ...facts } = row
      return { ...facts, createdAt, erasedTo } satisfies ExportRoomFacts
    },

    async page(roomId, from, to, limit) {
      const id = toBytes(roomId)
      const found = await pool.query<Sized<MessageRow>[]>(
        `SELECT ${ENVELOPE}, ${sized(BODY)}
         FROM (SELECT room_id, seq FROM room_event FORCE INDEX (room_event_type)
               WHERE room_id = ? AND type = ${MESSAGE_CREATED} AND seq BETWEEN ? AND ?
               ORDER BY seq LIMIT ?) k
         JOIN room_event e ON e.room_id = k.room_id AND e.seq = k.seq ${JOINS}
         ORDER BY e.seq`,
        [inlineBytes(limit), id, from, to, limit],
      )
      const rows = await completed<MessageRow>(fitting(found), (seqs) =>
        pool.query<MessageRow[]>(
          `SELECT ${ENVELOPE}, ${BODY} AS data FROM room_event e ${JOINS}
           WHERE e.room_id = ? AND e.seq IN (${seqs.map(() => '?').join()})`,
          [id, ...seqs],
        ),
      )
      return {
        messages: rows.map(toExported),
        isLast: found.length < limit && rows.length === found.length,
      }
    },
  }
}
