import { connectionConfig } from '@parley/database'
import { createConnection } from 'mariadb'

export interface FillRoom {
  readonly databaseUrl: string
  readonly roomId: string
  /** Who speaks: each says a few in a row. */
  readonly senderIds: readonly string[]
  readonly count: number
  readonly textOf: (n: number) => string
}

const MESSAGE_CREATED = 1
const USER = 1
const ROWS_AT_ONCE = 2_000
const IN_A_ROW = 4

/**
 * Writes messages past the servers, one a minute up to noon (UTC) of yesterday, so that its days begin at
 * the same messages whenever a test runs: a hundred thousand in a few seconds.
 * For a room that nobody has opened yet; no search and no unread count knows of them.
 */
export async function fillRoom(fill: FillRoom): Promise<void> {
  const { databaseUrl, roomId, senderIds, count, textOf } = fill
  const connection = await createConnection({
    ...connectionConfig(databaseUrl),
    timezone: 'Z',
    bigIntAsNumber: true,
  })
  try {
    const room = Buffer.from(roomId.replaceAll('-', ''), 'hex')
    const [place] = await connection.query<{ head: number; last_msg_no: number }[]>(
      'SELECT head, last_msg_no FROM room_head WHERE room_id = ?',
      [room],
    )
    const { head = 0, last_msg_no: lastMsgNo = 0 } = place ?? {}
    const end = new Date().setUTCHours(-12, 0, 0, 0)
    for (let n = 1; n <= count;) {
      const rows: unknown[][] = []
      for (; n <= count && rows.length < ROWS_AT_ONCE; n += 1) {
        const senderId = senderIds[Math.floor(n / IN_A_ROW) % senderIds.length] ?? ''
        const ts = new Date(end - (count - n) * 60_000)
        const data = JSON.stringify({ type: 'text', text: textOf(n) })
        rows.push([room, head + n, MESSAGE_CREATED, USER, senderId, lastMsgNo + n, ts, data])
      }
      await connection.query(
        `INSERT INTO room_event (room_id, seq, type, actor_kind, actor_id, msg_no, ts, data)
         VALUES ${rows.map(() => '(?,?,?,?,?,?,?,?)').join()}`,
        rows.flat(),
      )
    }
    await connection.query('UPDATE room_head SET head = ?, last_msg_no = ? WHERE room_id = ?', [
      head + count,
      lastMsgNo + count,
      room,
    ])
  } finally {
    await connection.end()
  }
}
