import { createHash } from 'node:crypto'
// @boundaries-ignore the database knows the wire in this test only
import { MessageBody } from '@parley/message-schema'
// @boundaries-ignore the test kit depends on the database, and cannot be a dependency of it
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { type Connection, createConnection } from 'mariadb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectionConfig } from './database-url.ts'
import { seed } from './seed.ts'

const now = new Date('2026-05-20T09:00:00.000Z')
let database: FreshDatabase
let connection: Connection

beforeAll(async () => {
  database = await freshDatabase()
  await seed(database.url, { now })
  connection = await createConnection({
    ...connectionConfig(database.url),
    timezone: 'Z',
    bigIntAsNumber: true,
  })
})

afterAll(async () => {
  await connection.end()
  await database[Symbol.asyncDispose]()
})

type Row = Record<string, unknown>
const rows = (sql: string): Promise<Row[]> => connection.query<Row[]>(sql)
/** Rows that break a rule. */
const none = async (sql: string): Promise<void> => expect(await rows(sql)).toEqual([])

test('the log of every room is dense, and its head is where it ends', async () => {
  await none(`
    SELECT h.room_id FROM room_head h JOIN room_event e ON e.room_id = h.room_id
    GROUP BY h.room_id, h.head, h.last_msg_no
    HAVING COUNT(*) <> h.head OR MIN(e.seq) <> 1 OR MAX(e.seq) <> h.head
      OR COUNT(e.msg_no) <> h.last_msg_no OR MAX(e.msg_no) <> h.last_msg_no
      OR COUNT(DISTINCT e.msg_no) <> h.last_msg_no`)
  await none('SELECT id FROM room WHERE id NOT IN (SELECT room_id FROM room_head)')
  await none('SELECT seq FROM room_event WHERE (msg_no IS NULL) = (type = 1)')
})

test('message numbers rise with the log', async () => {
  await none(`
    SELECT a.seq FROM room_event a JOIN room_event b
      ON b.room_id = a.room_id AND b.msg_no = a.msg_no + 1 WHERE b.seq <= a.seq`)
  await none(`
    SELECT a.seq FROM room_event a JOIN room_event b
      ON b.room_id = a.room_id AND b.seq = a.seq + 1 WHERE b.ts < a.ts`)
  await none(`SELECT seq FROM room_event WHERE ts > '2026-05-20 09:00:00'`)
})

test('a room begins with what it is and who is in it, its creator first', async () => {
  await none('SELECT room_id FROM room_event WHERE seq = 1 AND type <> 6')
  await none(`
    SELECT e.room_id FROM room_event e JOIN room r ON r.id = e.room_id
    WHERE e.seq IN (1, 2) AND e.actor_id <> r.created_by`)
  await none(`
    SELECT m.user_id FROM room_member m LEFT JOIN room_event e
      ON e.room_id = m.room_id AND e.seq = m.joined_seq AND e.type = 4
      AND JSON_VALUE(e.data, '$.userId') = m.user_id AND JSON_VALUE(e.data, '$.role') = m.role
    WHERE e.seq IS NULL OR m.left_seq IS NOT NULL OR m.visible_from <> 1`)
  await none(`
    SELECT h.room_id FROM room_head h
    WHERE h.member_count <> (SELECT COUNT(*) FROM room_member m WHERE m.room_id = h.room_id)
      OR h.member_version <>
        (SELECT COUNT(*) FROM room_event e WHERE e.room_id = h.room_id AND e.type IN (4, 5))`)
  await none(`
    SELECT u.user_id FROM user_head u
    WHERE u.version <> (SELECT COUNT(*) FROM room_member m WHERE m.user_id = u.user_id)`)
  await none('SELECT id FROM user WHERE id NOT IN (SELECT user_id FROM user_head)')
  await none(`
    SELECT m.user_id FROM room_member m JOIN room_head h ON h.room_id = m.room_id
    WHERE m.read_seq > h.head`)
})

test('only members speak', async () => {
  await none(`
    SELECT e.seq FROM room_event e LEFT JOIN room_member m
      ON m.room_id = e.room_id AND m.user_id = e.actor_id WHERE m.user_id IS NULL`)
})

test('every body is one of the schema', async () => {
  const created = await rows('SELECT data FROM room_event WHERE type = 1')
  const states = await rows('SELECT data FROM message_state')

  expect(created.length).toBeGreaterThan(120)
  for (const { data } of [...created, ...states]) {
    const body = MessageBody.strict().safeParse(JSON.parse(String(data)))
    expect(body.success, String(data)).toBe(true)
  }
})

test('edited messages stand at their last version, and each version names its event', async () => {
  const edits = await rows('SELECT COUNT(*) AS n FROM room_event WHERE type = 2')
  expect(edits[0]?.['n']).toBeGreaterThan(3)
  await none(`
    SELECT e.seq FROM room_event e
    LEFT JOIN message_version v ON v.room_id = e.room_id AND v.event_seq = e.seq
    LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.ref_seq
    LEFT JOIN room_event c ON c.room_id = e.room_id AND c.seq = e.ref_seq AND c.type = 1
    WHERE e.type = 2 AND (c.seq IS NULL OR v.seq <> e.ref_seq OR v.version <> s.version
      OR JSON_VALUE(e.data, '$.version') <> s.version OR s.edited_at IS NULL
      OR JSON_VALUE(e.data, '$.text') <> JSON_VALUE(s.data, '$.text') OR c.actor_id <> e.actor_id)`)
  await none(`
    SELECT s.seq FROM message_state s LEFT JOIN message_version v
      ON v.room_id = s.room_id AND v.seq = s.seq AND v.version = 0 AND v.event_seq = s.seq
    WHERE s.version > 0 AND v.seq IS NULL`)
})

test('of a deleted message nothing but a tombstone is left', async () => {
  const deletions = await rows(`
    SELECT e.data, c.data AS original, s.data AS state, s.deleted_at AS deletedAt
    FROM room_event e
    JOIN room_event c ON c.room_id = e.room_id AND c.seq = e.ref_seq
    JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.ref_seq
    WHERE e.type = 3`)
  const tombstone = '{"type":"text","deleted":true}'

  expect(deletions.length).toBeGreaterThan(0)
  for (const deletion of deletions) {
    expect(deletion).toMatchObject({ data: '{}', original: tombstone, state: tombstone })
    expect(deletion['deletedAt']).toBeInstanceOf(Date)
  }
  const stillNamed = await rows(`
    SELECT m.seq FROM room_mention m JOIN message_state s ON s.room_id = m.room_id AND s.seq = m.seq
    WHERE s.deleted_at IS NOT NULL`)
  expect(stillNamed).toEqual([])
})

test('a mention names a member, and stands in the message', async () => {
  expect((await rows('SELECT seq FROM room_mention')).length).toBeGreaterThan(3)
  await none(`
    SELECT n.seq FROM room_mention n
    LEFT JOIN room_member m ON m.room_id = n.room_id AND m.user_id = n.user_id
    LEFT JOIN room_event e ON e.room_id = n.room_id AND e.seq = n.seq AND e.type = 1
      AND JSON_CONTAINS(JSON_EXTRACT(e.data, '$.mentions'), JSON_QUOTE(n.user_id))
    WHERE m.user_id IS NULL OR e.seq IS NULL`)
})

test('conversations between people are found by the set of their members', async () => {
  const directs = await rows(`
    SELECT r.name, r.kind, HEX(r.member_set_hash) AS hash,
      (SELECT GROUP_CONCAT(m.user_id) FROM room_member m WHERE m.room_id = r.id) AS members
    FROM room r WHERE r.kind <> 'room'`)

  expect(directs.map(({ kind }) => String(kind)).toSorted()).toEqual(['dm', 'dm', 'group'])
  for (const { name, hash, members } of directs) {
    // Ids of ours are plain ASCII: the default order is the order of code units.
    const sorted = String(members).split(',').toSorted().join('\n')
    expect(name).toBeNull()
    expect(hash).toBe(createHash('sha256').update(sorted).digest('hex').toUpperCase())
  }
  await none(`SELECT id FROM room WHERE (kind = 'room') <> (member_set_hash IS NULL)`)
})

test('a database that is in use is left as it is', async () => {
  await expect(seed(database.url)).rejects.toThrow('only for an empty database')
  expect(await rows('SELECT id FROM user')).toHaveLength(8)
})
