import { RARE, rarePlaces, type RoomFill } from './filled-messages.ts'

export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Numbers from 0, `ROWS_AT_ONCE` of them: what the rows of a statement are made of. */
export const NUMBERS = 'bench_number'
/** Rows of a statement, which is a transaction. */
export const ROWS_AT_ONCE = 50_000

const MESSAGE_CREATED = 1
const USER = 1

const bytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const utc = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')

const isRare = (count: number): string => `k IN (${rarePlaces(count).join()})`

const textSql = (count: number): string =>
  `CONCAT('note topic', LPAD(k MOD 100, 2, '0'), ' item', LPAD(k MOD 9973, 5, '0'),
    IF(${isRare(count)}, ' ${RARE}', ''))`

/** `k` goes from the first value to before the second. */
const COUNTED = `(SELECT ? + n AS k FROM ${NUMBERS} WHERE n < ? ORDER BY n) counted`

/**
 * Rows as the log writes them. The ids are UUIDs of version 7, of the message's time; the fingerprint is
 * that of the command, so that sending a message once more is told from sending another one.
 */
export function* eventStatements(fill: RoomFill): Generator<Statement> {
  const { roomId, senderIds, count, firstSeq, firstMsgNo, startS, stepS } = fill
  const senders = senderIds.map(() => '?').join()
  const sql = `INSERT INTO room_event (room_id, seq, type, actor_kind, actor_id, client_msg_id,
      fingerprint, ref_seq, msg_no, ts, data)
    SELECT ?, ? + k, ${MESSAGE_CREATED}, ${USER}, ELT(1 + k MOD ${senderIds.length}, ${senders}),
      UNHEX(CONCAT(at_hex, '70008000', k_hex)),
      UNHEX(LEFT(SHA2(CONCAT('{"clientMsgId":"', LEFT(at_hex, 8), '-', RIGHT(at_hex, 4),
        '-7000-8000-', k_hex, '","kind":"message:send","roomId":"', ?, '","text":"', text, '"}'),
        256), 16)),
      NULL, ? + k, TIMESTAMPADD(SECOND, k * ${stepS}, ?), CONCAT('{"type":"text","text":"', text, '"}')
    FROM (SELECT k, LPAD(LOWER(HEX((? + k * ${stepS}) * 1000)), 12, '0') AS at_hex,
      LPAD(LOWER(HEX(k)), 12, '0') AS k_hex, ${textSql(count)} AS text FROM ${COUNTED}) told`
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const to = Math.min(count, from + ROWS_AT_ONCE)
    const made = [bytes(roomId), firstSeq, ...senderIds, roomId, firstMsgNo, utc(startS), startS]
    yield { sql, values: [...made, from, to - from] }
  }
}

/** The last: nobody sees a message before all are there. */
export function headStatement({ roomId, count, firstSeq, firstMsgNo }: RoomFill): Statement {
  return {
    sql: 'UPDATE room_head SET head = ?, last_msg_no = ? WHERE room_id = ?',
    values: [firstSeq + count - 1, firstMsgNo + count - 1, bytes(roomId)],
  }
}

/** The worker indexes the room now, as it does after an import. */
export const queueStatement = ({ roomId, count, firstSeq }: RoomFill): Statement => ({
  sql: `INSERT INTO search_queue (room_id, from_seq, to_seq, queued_at, due_at, lease_until)
    VALUES (?, 1, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
    ON DUPLICATE KEY UPDATE to_seq = VALUES(to_seq), due_at = VALUES(due_at)`,
  values: [bytes(roomId), firstSeq + count - 1],
})

/** How many of the messages are not in the search index yet. */
export const unindexedStatement = (fills: readonly RoomFill[]): Statement => ({
  sql: `SELECT CAST(SUM(h.head - COALESCE(s.indexed_to, 0)) AS SIGNED) AS n
    FROM room_head h LEFT JOIN search_room s ON s.room_id = h.room_id
    WHERE h.room_id IN (${fills.map(() => '?').join()})`,
  values: fills.map(({ roomId }) => bytes(roomId)),
})
