import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRoomLog, type LogStore, type RoomLog } from '../../room-log/room-log.ts'
import { createWriterPool, type Pool } from '../connect.ts'
import { retryAdviceOf } from '../database-errors.ts'
import { createLogStore } from './log-store.ts'

/** Two replicas of the API: a pool, a store and a log each. */
let database: FreshDatabase
let pools: Pool[]
let replicas: RoomLog[]
let stores: LogStore[]
let deadlocks = 0
beforeAll(async () => {
  database = await freshDatabase()
  pools = [createWriterPool(database.url, 6), createWriterPool(database.url, 6)]
  stores = pools.map((pool) => createLogStore(pool, new FailPoints(false)))
  replicas = stores.map((store) =>
    createRoomLog({
      store,
      transactions: 4,
      announce: () => undefined,
      retryAdviceOf: (error) => {
        if ((error as { errno?: number }).errno === 1213) deadlocks += 1
        return retryAdviceOf(error)
      },
    }),
  )
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await database[Symbol.asyncDispose]()
})

const user = (id: string) => ({ id, kind: 'user' as const })
const create = (more: Partial<LogCommandOf<'room:create'>> = {}): LogCommandOf<'room:create'> => ({
  kind: 'room:create',
  roomId: randomUUID(),
  actor: user('ada'),
  roomKind: 'room',
  name: 'a room',
  visibility: 'public',
  topic: null,
  history: 'all',
  memberIds: ['bob'],
  ...more,
})
const send = (roomId: string, by: string): LogCommandOf<'message:send'> => ({
  kind: 'message:send',
  actor: user(by),
  roomId,
  clientMsgId: randomUUID(),
  text: `from ${by}`,
})
const change = (kind: 'member:join' | 'member:leave', roomId: string, userId: string): LogCommand =>
  kind === 'member:join'
    ? { kind, actor: user(userId), roomId, userId, role: 'member' }
    : { kind, actor: user(userId), roomId, userId }

async function answerOf(replica: RoomLog, command: LogCommand): Promise<Record<string, unknown>> {
  const { outcome } = await replica.submit(command)
  return 'data' in outcome
    ? (outcome.data as Record<string, unknown>)
    : { refused: outcome.refusal.code }
}
const replica = (n: number): RoomLog => replicas[n % replicas.length]!
const bytes = (roomId: string): Buffer => Buffer.from(roomId.replaceAll('-', ''), 'hex')

async function checkLog(roomId: string): Promise<{ events: number; messages: number }> {
  const pool = pools[0]!
  const rows = await pool.query<
    { seq: number; type: number; msg_no: number | null; once: string | null }[]
  >(
    `SELECT seq, type, msg_no, CONCAT(actor_id, '/', HEX(client_msg_id)) AS once
     FROM room_event WHERE room_id = ? ORDER BY seq`,
    [bytes(roomId)],
  )
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
  const numbers = rows.flatMap(({ msg_no: msgNo }) => (msgNo === null ? [] : [msgNo]))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  const ids = rows.flatMap(({ once }) => (once === null ? [] : [once]))
  expect(new Set(ids).size).toBe(ids.length)
  const [head] = await pool.query(
    `SELECT head, last_msg_no, member_count, (SELECT COUNT(*) FROM room_member m
       WHERE m.room_id = h.room_id AND m.left_seq IS NULL) AS active
     FROM room_head h WHERE room_id = ?`,
    [bytes(roomId)],
  )
  expect(head).toMatchObject({ head: rows.length, last_msg_no: numbers.length })
  expect(head.member_count).toBe(head.active)
  return { events: rows.length, messages: numbers.length }
}

test('two replicas that write to one room at once make one log: dense, and each answer its event', async () => {
  const room = create()
  await answerOf(replica(0), room)
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      answerOf(replica(n), send(room.roomId, n % 3 === 0 ? 'ada' : 'bob')),
    ),
  )
  expect(answers.every(({ refused }) => refused === undefined)).toBe(true)
  expect(new Set(answers.map(({ seq }) => seq)).size).toBe(1_000)
  expect(await checkLog(room.roomId)).toEqual({ events: 1_003, messages: 1_000 })
})

test('twenty rooms, their members coming and going, two replicas: every log is dense and every count true', async () => {
  const rooms = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const room = create()
      await answerOf(replica(n), room)
      return room.roomId
    }),
  )
  const sent = new Map<string, number>()
  const work = Array.from({ length: 2_000 }, async (_, n) => {
    const roomId = rooms[(n + (n >> 4)) % rooms.length]!
    const guest = `guest-${n % 5}`
    if (n % 4 === 0) await answerOf(replica(n >> 2), change('member:join', roomId, guest))
    else if (n % 9 === 0) await answerOf(replica(n), change('member:leave', roomId, guest))
    else if (n % 11 === 0) {
      const command = { kind: 'read:set' as const, actor: user('bob'), roomId, upTo: 1 }
      expect(await answerOf(replica(n), command)).toHaveProperty('unread')
    } else {
      await answerOf(replica(n), send(roomId, 'ada'))
      sent.set(roomId, (sent.get(roomId) ?? 0) + 1)
    }
  })
  await Promise.all(work)
  for (const roomId of rooms) expect((await checkLog(roomId)).messages).toBe(sent.get(roomId))
})

test('batches that name the same rooms in opposite orders do not wait for each other in a circle', async () => {
  const rooms = [create(), create(), create(), create()]
  for (const room of rooms) await answerOf(replica(0), room)
  const ids = rooms.map(({ roomId }) => roomId)
  deadlocks = 0
  await Promise.all(
    Array.from({ length: 120 }, (_, n) => {
      const order = n % 2 === 0 ? ids : ids.toReversed()
      const people = [`p${n % 6}`, `p${(n + 3) % 6}`]
      const ordered = n % 2 === 0 ? people : people.toReversed()
      return stores[n % 2]!.runBatch(
        order.flatMap((roomId) => [
          ...ordered.map((userId) =>
            change(n % 5 === 0 ? 'member:leave' : 'member:join', roomId, userId),
          ),
          send(roomId, 'ada'),
        ]),
      )
    }),
  )
  for (const roomId of ids) await checkLog(roomId)
})

test('one person joining many rooms at once through both replicas costs no deadlock', async () => {
  const rooms = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const room = create({ memberIds: [] })
      await answerOf(replica(n), room)
      return room.roomId
    }),
  )
  deadlocks = 0
  const people = ['zoe', 'yan', 'xu']
  const answers = await Promise.all(
    rooms.flatMap((roomId, n) =>
      people.map((userId, k) => answerOf(replica(n + k), change('member:join', roomId, userId))),
    ),
  )
  expect(answers.every(({ joined }) => joined === true)).toBe(true)
  expect(deadlocks).toBe(0)
  for (const userId of people) {
    const [row] = await pools[0]!.query('SELECT version FROM user_head WHERE user_id = ?', [userId])
    expect(row.version).toBeGreaterThan(0)
  }
})

test('the same message through both replicas at the same time is one event, and both are told its seq', async () => {
  const room = create()
  await answerOf(replica(0), room)
  for (let round = 0; round < 40; round += 1) {
    const message = send(room.roomId, 'ada')
    const answers = await Promise.all([0, 1, 0, 1].map((n) => answerOf(replica(n), message)))
    expect(new Set(answers.map(({ seq, msgNo, ts }) => `${seq}/${msgNo}/${ts}`)).size).toBe(1)
    expect(answers.filter(({ dup }) => dup === undefined)).toHaveLength(1)
  }
  expect(await checkLog(room.roomId)).toEqual({ events: 43, messages: 40 })
})

test('two who open the same conversation at the same moment are in the same one', async () => {
  for (let round = 0; round < 20; round += 1) {
    const memberSetHash = randomUUID().replaceAll('-', '').repeat(2)
    const [ada, bob] = [`ada-${round}`, `bob-${round}`]
    const open = (by: string, other: string) =>
      create({
        roomKind: 'dm',
        visibility: 'private',
        actor: user(by),
        memberIds: [other],
        memberSetHash,
      })
    const answers = await Promise.all([
      answerOf(replica(0), open(ada, bob)),
      answerOf(replica(1), open(bob, ada)),
      answerOf(replica(0), open(bob, ada)),
    ])
    expect(new Set(answers.map(({ roomId }) => roomId)).size).toBe(1)
    expect(answers.filter(({ created }) => created === true)).toHaveLength(1)
    await checkLog(String(answers[0]?.['roomId']))
  }
})

test('the same room asked for through both replicas is made once', async () => {
  for (let round = 0; round < 20; round += 1) {
    const room = create()
    const answers = await Promise.all([0, 1].map((n) => answerOf(replica(n), room)))
    expect(answers.map(({ created }) => created).toSorted()).toEqual([false, true])
    expect(await checkLog(room.roomId)).toEqual({ events: 3, messages: 0 })
  }
})

test('joining and leaving at once through both replicas leaves one truth', async () => {
  const room = create({ memberIds: [] })
  await answerOf(replica(0), room)
  await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      answerOf(
        replica(n),
        change(n % 3 === 0 ? 'member:leave' : 'member:join', room.roomId, 'eve'),
      ),
    ),
  )
  await checkLog(room.roomId)
})
