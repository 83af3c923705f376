import { hash } from '@node-rs/argon2'
import { type Connection, createConnection } from 'mariadb'
import { stringify, v7 as uuidv7 } from 'uuid'
import { connectionConfig } from './database-url.ts'
import { type Rows, roomRows } from './seed-log.ts'
import { type PersonName, SEED_PASSWORD, SEED_PEOPLE } from './seed-people.ts'
import { chineseChat } from './seed-room-chinese.ts'
import { designReview } from './seed-room-design.ts'
import { engineering } from './seed-room-engineering.ts'
import { lobby } from './seed-room-lobby.ts'
import { smallRooms } from './seed-room-small.ts'
import type { RoomScript } from './seed-script.ts'

export { SEED_PASSWORD, SEED_PEOPLE } from './seed-people.ts'

export interface SeedOptions {
  /** When the last conversations took place: shortly before. */
  readonly now?: Date
}

const ROOMS: readonly RoomScript[] = [lobby, engineering, chineseChat, designReview, ...smallRooms]
const DAY_MS = 86_400_000
const NAMES = Object.keys(SEED_PEOPLE) as PersonName[]
const ROWS_A_STATEMENT = 500

/** Eight people and what they have said, for a first look. All of it or nothing. */
export async function seed(
  databaseUrl: string,
  { now = new Date() }: SeedOptions = {},
): Promise<void> {
  const connection = await createConnection({ ...connectionConfig(databaseUrl), timezone: 'Z' })
  try {
    await refuseUsed(connection)
    const passwordHash = await hash(SEED_PASSWORD)
    await connection.beginTransaction()
    await write(connection, passwordHash, now)
    await connection.commit()
  } catch (error) {
    await connection.rollback()
    throw error
  } finally {
    await connection.end()
  }
}

async function refuseUsed(connection: Connection): Promise<void> {
  const rows: readonly unknown[] = await connection.query('SELECT 1 FROM user LIMIT 1')
  if (rows.length === 0) return
  throw new Error('The demo data is only for an empty database, and this one has users already.')
}

async function write(connection: Connection, passwordHash: string, now: Date): Promise<void> {
  const joinedAt = new Date(now.getTime() - 7 * DAY_MS)
  const userIds = new Map(NAMES.map((name) => [name, uuidv7({ msecs: joinedAt.getTime() })]))
  const rooms = ROOMS.map((script) => roomRows(script, userIds, now))
  const insert = (into: string, rows: Rows): Promise<void> => insertRows(connection, into, rows)

  await insert(
    'user (id, kind, username, display_name, password_hash, created_at)',
    NAMES.map((name) => [
      userIds.get(name),
      'account',
      name,
      SEED_PEOPLE[name],
      passwordHash,
      joinedAt,
    ]),
  )
  await insert(
    'user_head (user_id, version)',
    NAMES.map((name) => [
      userIds.get(name),
      ROOMS.filter(({ members }) => members.includes(name)).length,
    ]),
  )
  await insert(
    'room (id, kind, name, visibility, topic, history, member_set_hash, created_by, created_at)',
    rooms.map(({ room }) => room),
  )
  await insert(
    'room_event (room_id, seq, type, actor_kind, actor_id, ref_seq, msg_no, ts, data)',
    rooms.flatMap(({ events }) => events),
  )
  await insert(
    'room_member (room_id, user_id, role, joined_seq, visible_from, read_seq, joined_at)',
    rooms.flatMap(({ members }) => members),
  )
  await insert(
    'message_state (room_id, seq, version, data, edited_at, deleted_at)',
    rooms.flatMap(({ states }) => states),
  )
  await insert(
    'message_version (room_id, seq, version, event_seq)',
    rooms.flatMap(({ versions }) => versions),
  )
  await insert(
    'room_mention (room_id, user_id, seq)',
    rooms.flatMap(({ mentions }) => mentions),
  )
  // Unread is a difference of numbers: where each cursor stands among them.
  await connection.query(
    `UPDATE room_member m SET m.read_msg_no = COALESCE((
       SELECT e.msg_no FROM room_event e
       WHERE e.room_id = m.room_id AND e.type = 1 AND e.seq <= m.read_seq
       ORDER BY e.seq DESC LIMIT 1), 0)`,
  )
  // Jobs look at what was seeded as at anything else: it can be searched.
  await insert(
    'log_outbox (ranges)',
    rooms.map(({ room: [id], events }) => [
      JSON.stringify([[stringify(id as Buffer), 1, events.length]]),
    ]),
  )
  // Last, because a room without a head is none: whoever reads meanwhile sees it whole or not at all.
  await insert(
    'room_head (room_id, head, last_msg_no, member_version, member_count)',
    rooms.map(({ head }) => head),
  )
}

async function insertRows(connection: Connection, into: string, rows: Rows): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const some = rows.slice(at, at + ROWS_A_STATEMENT)
    const one = `(${some[0]?.map(() => '?').join()})`
    await connection.query(`INSERT INTO ${into} VALUES ${some.map(() => one).join()}`, some.flat())
  }
}
