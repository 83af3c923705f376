import { createConnection, type Connection, type ConnectionConfig } from 'mariadb'
import type { RoomLine, RowLine } from '../history/history-line.ts'

/** As they stand in `room_event.type`: these numbers never change. */
const EVENT_TYPES: Readonly<Record<number, string>> = {
  1: 'message:created',
  2: 'message:updated',
  3: 'message:deleted',
  4: 'member:joined',
  5: 'member:left',
  6: 'room:updated',
  7: 'reaction:changed',
  8: 'pin:changed',
  9: 'member:updated',
  10: 'moderation:acted',
}

interface EventRow {
  readonly seq: number
  readonly type: number
  readonly actor_id: string
  readonly client_msg_id: Buffer | null
  readonly ref_seq: number | null
  readonly msg_no: number | null
  readonly data: string
}

interface HeadRow {
  readonly head: number
  readonly last_msg_no: number
  readonly history: string
}

interface MemberRow {
  readonly user_id: string
  readonly joined_seq: number
  readonly read_seq: number
}

const ROWS_AT_ONCE = 2_000

export function databaseConfig(databaseUrl: string): ConnectionConfig {
  const url = new URL(databaseUrl)
  return {
    host: url.hostname,
    port: Number(url.port || 3_306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    bigIntAsNumber: true,
    allowPublicKeyRetrieval: true,
  }
}

/** The rooms and their logs as the database has them. */
export async function dumpDatabase(
  databaseUrl: string,
  roomIds: readonly string[],
  write: (line: RoomLine | RowLine) => void,
): Promise<void> {
  const connection = await createConnection(databaseConfig(databaseUrl))
  try {
    for (const roomId of roomIds) {
      write(await readRoom(connection, roomId))
      for (let after = 0; ;) {
        const rows = await readRows(connection, roomId, after)
        for (const row of rows) write(toLine(roomId, row))
        const last = rows.at(-1)
        if (last === undefined) break
        after = last.seq
      }
    }
  } finally {
    await connection.end()
  }
}

const toBytes = (roomId: string): Buffer => Buffer.from(roomId.replaceAll('-', ''), 'hex')

function toUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return [...parts, hex.slice(20)].join('-')
}

async function readRoom(connection: Connection, roomId: string): Promise<RoomLine> {
  const id = toBytes(roomId)
  const [head] = await connection.query<HeadRow[]>(
    'SELECT h.head, h.last_msg_no, r.history FROM room_head h JOIN room r ON r.id = h.room_id WHERE h.room_id = ?',
    [id],
  )
  if (head === undefined) throw new Error(`The database has no room ${roomId}.`)
  const members = await connection.query<MemberRow[]>(
    'SELECT user_id, joined_seq, read_seq FROM room_member WHERE room_id = ? AND left_seq IS NULL',
    [id],
  )
  return {
    kind: 'room',
    roomId,
    head: head.head,
    lastMsgNo: head.last_msg_no,
    history: head.history,
    members: members.map((member) => ({
      userId: member.user_id,
      joinedSeq: member.joined_seq,
      readSeq: member.read_seq,
    })),
  }
}

const readRows = (connection: Connection, roomId: string, after: number): Promise<EventRow[]> =>
  connection.query<EventRow[]>(
    `SELECT seq, type, actor_id, client_msg_id, ref_seq, msg_no, data FROM room_event
     WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ${ROWS_AT_ONCE}`,
    [toBytes(roomId), after],
  )

const toLine = (roomId: string, row: EventRow): RowLine => ({
  kind: 'row',
  roomId,
  seq: row.seq,
  type: EVENT_TYPES[row.type] ?? String(row.type),
  actorId: row.actor_id,
  clientMsgId: row.client_msg_id === null ? null : toUuid(row.client_msg_id),
  ref: row.ref_seq,
  msgNo: row.msg_no,
  data: JSON.parse(row.data) as Record<string, unknown>,
})
