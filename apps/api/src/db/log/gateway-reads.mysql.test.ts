import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWriterPool, type Pool } from '../connect.ts'
import { readEventRanges } from './event-ranges-store.ts'
import { readEpoch, readHeads, reconcile } from './heads-store.ts'
import { createLogStore } from './log-store.ts'
import { inSnapshot } from '../snapshot.ts'
import { readUserStates } from '../users/user-state-store.ts'

let database: FreshDatabase
let pool: Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 6)
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const user = (id: string) => ({ id, kind: 'user' as const })
async function run(...commands: LogCommand[]): Promise<void> {
  const { outcomes } = await createLogStore(pool, new FailPoints(false)).runBatch(commands)
  for (const outcome of outcomes) if ('refusal' in outcome) throw outcome.refusal
}
async function openRoom(more: Partial<LogCommandOf<'room:create'>> = {}): Promise<string> {
  const roomId = randomUUID()
  await run({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: ['bob'],
    ...more,
  })
  return roomId
}
const send = (roomId: string, text = 'hello'): LogCommand => ({
  kind: 'message:send',
  actor: user('ada'),
  roomId,
  clientMsgId: randomUUID(),
  text,
})
const join = (roomId: string, userId: string): LogCommand => ({
  kind: 'member:join',
  actor: user(userId),
  roomId,
  userId,
  role: 'member',
})
const leave = (roomId: string, userId: string): LogCommand => ({
  kind: 'member:leave',
  actor: user(userId),
  roomId,
  userId,
})

test('a user is in the rooms they are in now, with the head and version that belong to that', async () => {
  const [stays, left, back] = [
    await openRoom(),
    await openRoom(),
    await openRoom({ history: 'since-join' }),
  ]
  for (const roomId of [stays, left, back]) await run(join(roomId, 'eve'), send(roomId))
  await run(leave(left, 'eve'), leave(back, 'eve'))
  await run(join(back, 'eve'))
  const { users, epoch } = await readUserStates(pool, ['eve', 'nobody'], 900)
  expect(epoch).toBe(await readEpoch(pool))
  expect(users['nobody']).toMatchObject({ version: 0, rooms: [], revokedSessionIds: [] })
  expect(users['eve']?.rooms.toSorted((a, b) => a.head - b.head)).toMatchObject([
    { roomId: stays, head: 5, memberVersion: 3, role: 'member', joinedSeq: 4, visibleFrom: 1 },
    { roomId: back, head: 7, memberVersion: 5, role: 'member', joinedSeq: 7, visibleFrom: 7 },
  ])
})

test('the version of a user moves with every change of their rooms, and of nobody else', async () => {
  const version = async (id: string) => (await readUserStates(pool, [id], 900)).users[id]?.version
  const roomId = await openRoom()
  const before = await version('bob')
  await run(join(roomId, 'tom'))
  const first = (await version('tom')) ?? 0
  await run(send(roomId), join(roomId, 'tom'))
  expect(await version('tom')).toBe(first)
  await run(leave(roomId, 'tom'))
  expect(await version('tom')).toBeGreaterThan(first)
  expect(await version('bob')).toBe(before)
})

test('ids that are names of object properties are users like others', async () => {
  const ids = ['constructor', '__proto__', 'toString']
  const roomId = await openRoom({ memberIds: ids })
  const { users } = await readUserStates(pool, ids, 900)
  for (const id of ids)
    expect(
      users[id]?.rooms.map((room) => room.roomId),
      id,
    ).toEqual([roomId])
})

test('ended sessions are named as long as their tokens may live, others are not', async () => {
  const ended = randomUUID()
  await pool.query("INSERT INTO user (id, kind, display_name) VALUES ('kim', 'guest', 'Kim')")
  const rows = [
    [ended, 'UTC_TIMESTAMP(3)'],
    [randomUUID(), 'UTC_TIMESTAMP(3) - INTERVAL 1000 SECOND'],
    [randomUUID(), 'NULL'],
  ]
  for (const [id, revokedAt] of rows) {
    await pool.query(
      `INSERT INTO session (id, user_id, token_hash, expires_at, revoked_at)
       VALUES (UNHEX(?), 'kim', REPEAT('x', 32), UTC_TIMESTAMP(3) + INTERVAL 1 DAY, ${revokedAt})`,
      [id?.replaceAll('-', '')],
    )
  }
  expect((await readUserStates(pool, ['kim'], 900)).users['kim']?.revokedSessionIds).toEqual([
    ended,
  ])
})

test('reconciling answers what differs and nothing else', async () => {
  const [same, moved, empty] = [await openRoom(), await openRoom(), randomUUID()]
  await run(send(moved))
  const { users } = await readUserStates(pool, ['ada', 'bob'], 900)
  const known = {
    rooms: { [same]: 3, [moved]: 3, [empty]: 0 },
    users: { ada: users['ada']!.version, bob: users['bob']!.version - 1, nobody: 0 },
  }
  expect(await reconcile(pool, known)).toEqual({
    rooms: { [moved]: { head: 4, memberVersion: 2 } },
    users: ['bob'],
    epoch: 1,
  })
  const nothing = await reconcile(pool, { rooms: {}, users: {} })
  expect(nothing).toEqual({ rooms: {}, users: [], epoch: 1 })
})

test('heads of thousands of rooms are read, and of rooms that are not there nothing is', async () => {
  const roomId = await openRoom()
  const ids = Array.from({ length: 2_500 }, () => randomUUID())
  const heads = await readHeads(pool, [...ids, roomId])
  expect([...heads]).toEqual([[roomId, { head: 3, memberVersion: 2 }]])
})

test('ranges begin after their position, in order, at most as many as asked, with the true head', async () => {
  const [one, other, nowhere] = [await openRoom(), await openRoom(), randomUUID()]
  await run(...Array.from({ length: 20 }, (_, n) => send(one, `m${n}`)))
  const { rooms } = await readEventRanges(pool, {
    rooms: {
      [one]: { after: 5, limit: 7 },
      [other]: { after: 3, limit: 10 },
      [nowhere]: { after: 0, limit: 10 },
    },
  })
  expect(rooms[one]?.events.map(({ seq }) => seq)).toEqual([6, 7, 8, 9, 10, 11, 12])
  expect(rooms[one]).toMatchObject({ head: 23, memberVersion: 2 })
  expect(rooms[other]).toEqual({ head: 3, memberVersion: 2, events: [] })
  expect(rooms[nowhere]).toEqual({ head: 0, memberVersion: 0, events: [] })
})

test('many rooms are read in few statements, each its own range', async () => {
  const rooms: string[] = []
  for (let n = 0; n < 60; n += 1) rooms.push(await openRoom())
  await run(...rooms.flatMap((roomId, n) => Array.from({ length: n % 7 }, () => send(roomId))))
  // Others use this server too: what is counted is what its one connection has asked.
  const single = createWriterPool(database.url, 1)
  const selects = async (): Promise<number> => {
    const [row] = await single.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Com_select'")
    return Number(row?.Value)
  }
  const before = await selects()
  const ranges = rooms.map((roomId, n) => [roomId, { after: n % 4, limit: 5 }])
  const answer = await readEventRanges(single, { rooms: Object.fromEntries(ranges) })
  const asked = (await selects()) - before
  await single.end()
  // Heads, and ranges by fifty.
  expect(asked).toBeGreaterThan(1)
  expect(asked).toBeLessThan(10)
  for (const [n, roomId] of rooms.entries()) {
    const head = 3 + (n % 7)
    const seqs = Array.from({ length: head }, (_, at) => at + 1)
    const { events, ...position } = answer.rooms[roomId]!
    expect(position).toEqual({ head, memberVersion: 2 })
    expect(events.map(({ seq }) => seq)).toEqual(seqs.slice(n % 4, (n % 4) + 5))
  }
})

test('a head and its events agree, however much is written meanwhile', async () => {
  const roomId = await openRoom()
  let writing = true
  const writer = (async () => {
    for (let n = 0; n < 150; n += 1) {
      await run(
        send(roomId),
        ...(n % 5 === 0 ? [n % 10 === 0 ? join(roomId, 'zoe') : leave(roomId, 'zoe')] : []),
      )
    }
    writing = false
  })()
  let looks = 0
  const heads = new Set<number>()
  while (writing) {
    const [{ rooms }, { users }] = await Promise.all([
      readEventRanges(pool, { rooms: { [roomId]: { after: 0, limit: 2_000 } } }),
      readUserStates(pool, ['zoe'], 900),
    ])
    const { head, events, memberVersion } = rooms[roomId]!
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
    expect(memberVersion).toBe(events.filter(({ type }) => type.startsWith('member:')).length)
    const zoe = users['zoe']?.rooms[0]
    if (zoe !== undefined) expect(zoe.joinedSeq).toBeLessThanOrEqual(zoe.head)
    looks += 1
    heads.add(head)
  }
  await writer
  expect(looks).toBeGreaterThan(5)
  expect(heads.size).toBeGreaterThan(3)
})

test('a snapshot that fails gives no broken connection back', async () => {
  const single = createWriterPool(database.url, 1)
  await expect(
    inSnapshot(single, (connection) => connection.query('SELECT nothing')),
  ).rejects.toThrow(/Unknown column/u)
  for (let i = 0; i < 3; i += 1) {
    expect(await inSnapshot(single, (connection) => connection.query('SELECT 1 AS one'))).toEqual([
      { one: 1 },
    ])
  }
  await expect(
    inSnapshot(single, (connection) =>
      connection.query('UPDATE log_epoch SET epoch = 9 WHERE id = 1'),
    ),
  ).rejects.toThrow(/READ ONLY/u)
  // The isolation is that of the one transaction: the log's own READ COMMITTED is back after it.
  const connection = await single.getConnection()
  const [{ level }] = await connection
    .query('SELECT @@transaction_isolation AS level')
    .catch(() => connection.query('SELECT @@tx_isolation AS level'))
  expect(level).toBe('READ-COMMITTED')
  await connection.release()
  await single.end()
})
