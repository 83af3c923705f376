import type { MessageBody, RoomFacts } from '@parley/message-schema'
import { EVENT_TYPE_NUMBERS, MESSAGE_CREATED } from '../../room-log/event-row.ts'
import type { IndexSource, TouchedMessages } from '../../search/index-ranges.ts'
import type { FoundMessage } from '../../search/to-search-doc.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { fromKeys } from '../key-list.ts'
import { groupBy } from './group-by.ts'

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

interface EventRow extends Omit<MessageRow, 'data'> {
  readonly type: number
  readonly ref_seq: number | null
  readonly data: string | null
}

function toFound(row: MessageRow, roomId: string): FoundMessage {
  const body = JSON.parse(row.data) as MessageBody
  return {
    roomId,
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

/** Messages with what stands of them now, and of other events only what they are. */
const EVENTS = `SELECT e.room_id, e.seq, e.type, e.ref_seq, e.actor_id, e.ts,
    IF(e.type IN (${MESSAGE_CREATED}, ${ROOM_UPDATED}), COALESCE(s.data, e.data), NULL) AS data,
    s.deleted_at, r.erased_to, r.deleted_at AS room_deleted_at
  FROM room_event e
    LEFT JOIN message_state s
      ON s.room_id = e.room_id AND s.seq = e.seq AND e.type = ${MESSAGE_CREATED}
    JOIN room r ON r.id = e.room_id
  WHERE e.room_id = ? AND e.seq >= ?`
const ROOMS_PER_STATEMENT = 50

type Read = IndexSource['read']

/** What a piece of a room's log is about; messages from before it are read in a second look. */
async function digest(
  read: Read,
  roomId: string,
  fromSeq: number,
  limit: number,
  rows: readonly EventRow[],
): Promise<TouchedMessages> {
  const revisions = new Map<number, number>()
  const messages: FoundMessage[] = []
  let erasedTo = 0
  for (const row of rows) {
    const { type, seq, ref_seq: ref, data } = row
    if (type === MESSAGE_CREATED) {
      revisions.set(seq, seq)
      messages.push(toFound({ ...row, data: data ?? '' }, roomId))
    } else if (ref !== null && OF_A_MESSAGE.has(type)) revisions.set(ref, seq)
    else if (data !== null) {
      const facts = JSON.parse(data) as RoomFacts
      // A room that was deleted is erased whole, a while later; it is not found from now on.
      erasedTo = Math.max(erasedTo, facts.deleted === true ? seq : (facts.erasedTo ?? 0))
    }
  }
  const earlier = [...revisions.keys()].filter((seq) => seq < fromSeq)
  if (earlier.length > 0) messages.push(...(await read(earlier.map((seq) => ({ roomId, seq })))))
  const nextSeq = (rows.at(-1)?.seq ?? fromSeq - 1) + 1
  return { messages, revisions, nextSeq, isEnd: rows.length < limit, erasedTo }
}

/** What an index is filled from: the log, and the messages as they stand. */
export function createSearchSource(pool: Pool): IndexSource {
  const read: Read = async (keys) => {
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
    return rows.map((row) => toFound(row, fromBytes(row.room_id)))
  }
  return {
    read,

    async touched(roomId, fromSeq, limit) {
      const rows = await pool.query<EventRow[]>(`${EVENTS} ORDER BY e.seq LIMIT ?`, [
        toBytes(roomId),
        fromSeq,
        limit,
      ])
      return digest(read, roomId, fromSeq, limit, rows)
    },

    async messagesSince(rooms) {
      const messages: FoundMessage[] = []
      for (let i = 0; i < rooms.length; i += ROOMS_PER_STATEMENT) {
        const some = rooms.slice(i, i + ROOMS_PER_STATEMENT)
        const rows = await pool.query<EventRow[]>(
          some.map(() => `(${EVENTS} AND e.seq <= ?)`).join(' UNION ALL '),
          some.flatMap(({ roomId, fromSeq, toSeq }) => [toBytes(roomId), fromSeq, toSeq]),
        )
        const byRoom = groupBy(rows, (row) => fromBytes(row.room_id))
        for (const { roomId, fromSeq } of some) {
          const ofRoom = byRoom.get(roomId) ?? []
          const piece = await digest(read, roomId, fromSeq, ofRoom.length, ofRoom)
          messages.push(...piece.messages)
        }
      }
      return messages
    },
  }
}
