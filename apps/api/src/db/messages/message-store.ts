import type { MessageBody } from '@parley/message-schema'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { completed, fitting, inlineBytes, sized, type Sized } from '../log/sized-rows.ts'

/** A message as it was sent, with how it stands now laid over it. */
export interface StoredMessage {
  readonly seq: number
  readonly msgNo: number
  readonly senderId: string
  readonly sender: {
    readonly username: string | null
    readonly displayName: string
    readonly avatarUrl: string | null
  } | null
  readonly clientMsgId: string | null
  readonly ts: Date
  readonly body: MessageBody
  readonly version: number
  readonly editedAt: Date | null
  readonly deletedAt: Date | null
}

export interface MessageStore {
  /** Nearest first, from `below` (excluded) down to `from`. Out of an index alone. */
  readonly seqsBelow: (
    roomId: string,
    from: number,
    below: number,
    limit: number,
  ) => Promise<number[]>
  /** Nearest first, from `from` up to `to`. Out of an index alone. */
  readonly seqsFrom: (roomId: string, from: number, to: number, limit: number) => Promise<number[]>
  /** Ascending; what is no message is left out. */
  readonly read: (roomId: string, seqs: readonly number[]) => Promise<StoredMessage[]>
  /** The first of these that fit into one answer, ascending: one at least. */
  readonly readFitting: (roomId: string, seqs: readonly number[]) => Promise<StoredMessage[]>
}

interface MessageRow {
  readonly seq: number
  readonly msg_no: number | null
  readonly actor_id: string
  readonly client_msg_id: Buffer | null
  readonly ts: Date
  readonly data: string
  readonly version: number | null
  readonly edited_at: Date | null
  readonly deleted_at: Date | null
  readonly username: string | null
  readonly display_name: string | null
  readonly avatar_url: string | null
  /** What retention has erased is gone from here on, also while the job still goes through the rows. */
  readonly erased_to: number
}

const toStored = (row: MessageRow): StoredMessage => ({
  seq: row.seq,
  msgNo: row.msg_no ?? 0,
  senderId: row.actor_id,
  sender:
    row.display_name === null
      ? null
      : { username: row.username, displayName: row.display_name, avatarUrl: row.avatar_url },
  clientMsgId: row.client_msg_id === null ? null : fromBytes(row.client_msg_id),
  ts: row.ts,
  body: JSON.parse(row.data) as MessageBody,
  version: row.version ?? 0,
  editedAt: row.edited_at,
  deletedAt: row.deleted_at ?? (row.seq <= row.erased_to ? row.ts : null),
})

const MESSAGES = `FROM room_event FORCE INDEX (room_event_type)
  WHERE room_id = ? AND type = ${MESSAGE_CREATED}`

const toSeqs = (rows: readonly { readonly seq: number }[]): number[] => rows.map(({ seq }) => seq)

const BODY = 'COALESCE(s.data, e.data)'
const columns = (data: string): string =>
  `e.seq, e.msg_no, e.actor_id, e.client_msg_id, e.ts, ${data}, s.version, s.edited_at, s.deleted_at,
   u.username, u.display_name, u.avatar_url, r.erased_to`
const joined = (seqs: readonly number[]): string =>
  `FROM room_event e
   JOIN room r ON r.id = e.room_id
   LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
   LEFT JOIN user u ON u.id = e.actor_id
   WHERE e.room_id = ? AND e.seq IN (${seqs.map(() => '?').join()})
     AND e.type = ${MESSAGE_CREATED}
   ORDER BY e.seq`

const readRows = (pool: Pool, roomId: string, seqs: readonly number[]): Promise<MessageRow[]> =>
  pool.query(`SELECT ${columns(`${BODY} AS data`)} ${joined(seqs)}`, [toBytes(roomId), ...seqs])

export function createMessageStore(pool: Pool): MessageStore {
  return {
    async seqsBelow(roomId, from, below, limit) {
      return toSeqs(
        await pool.query(
          `SELECT seq ${MESSAGES} AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
          [toBytes(roomId), from, below, limit],
        ),
      )
    },

    async seqsFrom(roomId, from, to, limit) {
      return toSeqs(
        await pool.query(`SELECT seq ${MESSAGES} AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`, [
          toBytes(roomId),
          from,
          to,
          limit,
        ]),
      )
    },

    async read(roomId, seqs) {
      return seqs.length === 0 ? [] : (await readRows(pool, roomId, seqs)).map(toStored)
    },

    async readFitting(roomId, seqs) {
      if (seqs.length === 0) return []
      const found = await pool.query<Sized<MessageRow>[]>(
        `SELECT ${columns(sized(BODY))} ${joined(seqs)}`,
        [inlineBytes(seqs.length), toBytes(roomId), ...seqs],
      )
      const places = new Map(seqs.map((seq, index) => [seq, index]))
      const placeOf = ({ seq }: { readonly seq: number }): number => places.get(seq) ?? 0
      const fit = fitting(found.toSorted((one, other) => placeOf(one) - placeOf(other)))
      const rows = await completed<MessageRow>(fit, (long) => readRows(pool, roomId, long))
      return rows.map(toStored).toSorted((one, other) => one.seq - other.seq)
    },
  }
}
