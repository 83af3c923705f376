import type { LogCommand } from '@parley/message-schema'
import { createConnection, type Connection } from 'mariadb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '@parley/testkit'
import { toBytes } from '../binary-id.ts'
import { createLogPool, type Pool, type PoolConnection } from '../connect.ts'
import { createInviteStore } from '../rooms/invite-store.ts'
import { loadBatch } from './load-batch.ts'
import { createMemberListStore, NAMES_SCANNED } from '../rooms/member-list-store.ts'
import { createMemberStore } from '../rooms/member-store.ts'
import { createRoomStore, ROOMS_SCANNED } from '../rooms/room-store.ts'

const MANY = 100_000
/** Enough for a page of 50, and far from all. */
const FEW = 1_500

const ROOM = '01900000-0000-7000-8000-000000000001'
const DIGITS = Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS d`).join(' UNION ALL ')
/** 0 to 99,999 as `n`, without anything that only one of MySQL and MariaDB has. */
const NUMBERS = `(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
  FROM (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c, (${DIGITS}) e, (${DIGITS}) f) numbers`
const roomId = (n: string): string => `UNHEX(CONCAT('0190000000017000', LPAD(HEX(${n}), 16, '0')))`

let database: AsyncDisposable & { readonly url: string }
let pool: Pool
let connection: Connection

async function fill(): Promise<void> {
  const person = "CONCAT('p', LPAD(n, 6, '0'))"
  await connection.query(
    `INSERT INTO user (id, kind, username, display_name)
     SELECT ${person}, 'account', CONCAT('user', n), CONCAT('Person ', LPAD(n, 6, '0'))
     FROM ${NUMBERS}`,
  )
  await connection.query(
    `INSERT INTO user (id, kind, username, display_name) VALUES ('ada', 'account', 'ada', 'Ada')`,
  )
  // One room that 100,000 are in, and 100,000 were.
  const rooms = 'room (id, kind, name, visibility, history, created_by, created_at)'
  const heads = 'room_head (room_id, head, last_msg_no, member_version, member_count)'
  const members = `room_member (room_id, user_id, role, joined_seq, left_seq, visible_from, read_seq,
    read_msg_no, joined_at)`
  await connection.query(
    `INSERT INTO ${rooms} VALUES (?, 'room', 'Large', 'public', 'all', 'p000000', NOW(3))`,
    [toBytes(ROOM)],
  )
  await connection.query(`INSERT INTO ${heads} VALUES (?, 300000, 0, 1, ${MANY})`, [toBytes(ROOM)])
  await connection.query(
    `INSERT INTO ${members}
     SELECT ?, ${person}, CASE n WHEN 0 THEN 'owner' WHEN 99999 THEN 'moderator' ELSE 'member' END,
       n + 2, NULL, 1, 1, 0, NOW(3) FROM ${NUMBERS}`,
    [toBytes(ROOM)],
  )
  await connection.query(
    `INSERT INTO ${members}
     SELECT ?, CONCAT('a-former-', n), 'member', n + 2, n + 3, 1, 1, 0, NOW(3) FROM ${NUMBERS}`,
    [toBytes(ROOM)],
  )
  // 100,000 rooms that Ada is in: half of them private, a few archived or deleted.
  await connection.query(
    `INSERT INTO room (id, kind, name, visibility, history, created_by, created_at, archived,
       deleted_at)
     SELECT ${roomId('n')}, 'room', CONCAT('Room ', LPAD(n, 6, '0')),
       IF(n % 2 = 0, 'public', 'private'), 'all', 'ada', NOW(3), n % 50 = 0,
       IF(n % 70 = 0, NOW(3), NULL)
     FROM ${NUMBERS}`,
  )
  await connection.query(`INSERT INTO ${heads} SELECT ${roomId('n')}, 2, 0, 1, 1 FROM ${NUMBERS}`)
  await connection.query(
    `INSERT INTO ${members}
     SELECT ${roomId('n')}, 'ada', 'owner', 2, NULL, 1, 2, 0,
       TIMESTAMPADD(SECOND, n, '2026-01-01') FROM ${NUMBERS}`,
  )
  await connection.query('ANALYZE TABLE user, room, room_head, room_member')
}

beforeAll(async () => {
  database = await freshDatabase()
  pool = createLogPool(database.url, 2)
  const { hostname, port, username, password, pathname } = new URL(database.url)
  connection = await createConnection({
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    bigIntAsNumber: true,
    checkNumberRange: true,
    timezone: 'Z',
  })
  await fill()
}, 180_000)
afterAll(async () => {
  await connection.end()
  await pool.end()
  await database[Symbol.asyncDispose]()
})

async function rowsRead(): Promise<number> {
  const rows = await connection.query("SHOW SESSION STATUS LIKE 'Handler\\_read%'")
  return rows.reduce((sum: number, row: { Value: string }) => sum + Number(row.Value), 0)
}

/** Rows and index entries that the database has looked at: the same however busy the machine is. */
async function costOf<Result>(run: () => Promise<Result>): Promise<[Result, number]> {
  const first = await rowsRead()
  const overhead = (await rowsRead()) - first
  const before = await rowsRead()
  const result = await run()
  return [result, (await rowsRead()) - before - overhead]
}

/** The stores over the one connection whose reads are counted. */
const counted = (): Pool =>
  new Proxy(connection as unknown as Pool, {
    get: (target, property) => Reflect.get(target, property).bind(target),
  })

async function expectCost<Result>(
  most: number,
  run: (counted: Pool) => Promise<Result>,
): Promise<Result> {
  const [result, cost] = await costOf(() => run(counted()))
  expect(cost).toBeLessThan(most)
  return result
}

test('what is counted here is what was read', async () => {
  const [, all] = await costOf(() => connection.query('SELECT MAX(read_msg_no) FROM room_member'))
  expect(all).toBeGreaterThanOrEqual(3 * MANY)
  const [, one] = await costOf(() =>
    connection.query('SELECT id FROM room WHERE id = ?', [toBytes(ROOM)]),
  )
  expect(one).toBeLessThanOrEqual(3)
})

test('a page of members costs what it shows, wherever it is, however many have left', async () => {
  const lists = (): ReturnType<typeof createMemberListStore> => createMemberListStore(counted())
  const first = await expectCost(FEW, () => lists().list(ROOM, undefined, 50))
  expect(first[0]?.member.userId).toBe('p000000')
  const middle = await expectCost(FEW, () => lists().list(ROOM, 'p050000', 50))
  expect(middle.map(({ member }) => member.userId)[0]).toBe('p050001')
  const ofRole = await expectCost(FEW, () => lists().listOfRole(ROOM, 'member', 50_000, 50))
  expect(ofRole[0]?.joinedSeq).toBe(50_001)
  expect(
    await expectCost(FEW, () => lists().listOfRole(ROOM, 'moderator', undefined, 50)),
  ).toHaveLength(1)
  expect(await expectCost(FEW, () => lists().listOfRole(ROOM, 'admin', undefined, 50))).toEqual([])
})

test('a search by name looks at so many people and no more', async () => {
  const find = (q: string) => createMemberListStore(counted()).findByName(ROOM, q, MANY, 50)
  const few = await expectCost(FEW, () => find('person 09999'))
  expect(few.map(({ displayName }) => displayName)).toEqual(
    Array.from({ length: 10 }, (_, n) => `Person 09999${n}`),
  )
  expect(await expectCost(FEW, () => find('user4242'))).toHaveLength(11)
  expect(await expectCost(FEW, () => find('nobody'))).toEqual([])
  const everybody = await expectCost(12 * NAMES_SCANNED, () => find('p'))
  expect(everybody).toHaveLength(50)
})

test('one’s standing, one member and one room cost a few rows', async () => {
  await expectCost(40, (of) => createMemberStore(of).standing(ROOM, 'p050000'))
  await expectCost(40, (of) => createMemberStore(of).find(ROOM, 'p050000'))
  await expectCost(100, (of) => createRoomStore(of).find(ROOM, 'p050000'))
})

test('a page of my rooms costs what it shows; a filter looks at so many rooms and no more', async () => {
  const list = (more: object = {}) =>
    expectCost(12 * ROOMS_SCANNED, (of) =>
      createRoomStore(of).listMine({
        userId: 'ada',
        archived: false,
        after: undefined,
        limit: 50,
        ...more,
      }),
    )
  const first = await list()
  expect(first.views).toHaveLength(50)
  expect(first.views[0]?.facts.name).toBe('Room 099999')
  const second = await list({ after: first.next })
  expect(second.views[0]!.facts.name! < first.views.at(-1)!.facts.name!).toBe(true)
  for (const filter of [{ q: 'no such room' }, { unread: true }, { kind: 'dm' }]) {
    const page = await list(filter)
    expect(page.views).toEqual([])
    // The next page looks at the next rooms.
    expect(page.next).not.toBeNull()
    expect((await list({ ...filter, after: page.next })).next?.atMs).toBeLessThan(page.next!.atMs)
  }
})

test('read to its end, a filtered list has each room once', async () => {
  const store = createRoomStore(pool)
  const seen: string[] = []
  let pages = 0
  for (let after: Awaited<ReturnType<typeof store.listMine>>['next'] | undefined; after !== null;) {
    const query = { userId: 'ada', archived: false, q: '0777', after, limit: 200 }
    const { views, next } = await store.listMine(query)
    seen.push(...views.map(({ facts }) => facts.name ?? ''))
    after = next
    pages += 1
  }
  expect(pages).toBeLessThanOrEqual(MANY / ROOMS_SCANNED + 1)
  const wanted = Array.from({ length: MANY }, (_, n) => n)
    .filter((n) => n % 50 !== 0 && n % 70 !== 0)
    .map((n) => `Room ${String(n).padStart(6, '0')}`)
    .filter((name) => name.includes('0777'))
  expect(seen.toSorted()).toEqual(wanted)
})

test('a page of public rooms costs what it shows, also by name', async () => {
  const store = (of: Pool) => createRoomStore(of)
  const query = { userId: 'p000001', archived: false, limit: 50 }
  const first = await expectCost(FEW, (of) => store(of).listPublic({ ...query, after: undefined }))
  expect(first).toHaveLength(50)
  const place = { atMs: 0, roomId: '01900000-0001-7000-0000-00000000c350' }
  const middle = await expectCost(FEW, (of) => store(of).listPublic({ ...query, after: place }))
  expect(middle[0]?.facts.name).toBe('Room 049998')
  const named = await expectCost(FEW, (of) =>
    store(of).findPublic({ ...query, q: 'room 0', after: undefined }),
  )
  expect(named[0]?.facts.name).toBe('Room 000002')
  const after = { name: 'Room 050002', roomId: place.roomId }
  const later = await expectCost(FEW, (of) => store(of).findPublic({ ...query, q: 'room', after }))
  expect(later[0]?.facts.name).toBe('Room 050002')
  expect(
    await expectCost(FEW, (of) => store(of).findPublic({ ...query, q: 'no', after: undefined })),
  ).toEqual([])
})

test('what a change of members reads under the room’s lock is a few rows', async () => {
  const actor = { id: 'p000000', kind: 'user' } as const
  const invite = '01900000-0000-7000-8000-0000000000aa'
  await createInviteStore(pool).add({
    id: invite,
    roomId: ROOM,
    codeHash: Buffer.alloc(32, 1),
    userId: null,
    role: 'member',
    createdBy: 'p000007',
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
    maxUses: null,
  })
  const at = { roomId: ROOM, actor }
  const self = { id: 'ada', kind: 'user' } as const
  const commands: LogCommand[] = [
    { kind: 'member:leave', ...at, userId: 'p000000' },
    { kind: 'member:update', ...at, userId: 'p000009', role: 'owner' },
    { kind: 'member:join', ...at, userId: 'ada', role: 'member' },
    {
      kind: 'member:join',
      roomId: ROOM,
      actor: self,
      userId: 'ada',
      role: 'member',
      inviteId: invite,
    },
    { kind: 'moderation:act', ...at, action: 'ban', userId: 'p000009' },
    { kind: 'room:update', ...at, change: { deleted: true } },
  ]
  for (const command of commands) {
    const of = connection as unknown as PoolConnection
    const [state, cost] = await costOf(async () => {
      const loaded = await loadBatch(of, [command], new Date())
      await connection.query('ROLLBACK')
      return loaded
    })
    expect(cost, command.kind).toBeLessThan(150)
    if (command.kind === 'member:leave') {
      expect(state.members.get(`${ROOM}/p099999`)?.role).toBe('moderator')
    }
    if ('inviteId' in command) expect(state.members.get(`${ROOM}/p000007`)?.role).toBe('member')
  }
})
