import { randomUUID } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { LogStore } from '../../room-log/room-log.ts'
import { createWriterPool, type Pool } from '../connect.ts'
import { createLogStore } from '../log/log-store.ts'
import { readUnread } from './read-unread.ts'

let database: FreshDatabase
let pool: Pool
let store: LogStore
let roomId: string
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 3)
  store = createLogStore(pool, new FailPoints(false))
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})
beforeEach(() => open('all'))

const user = (id: string) => ({ id, kind: 'user' as const })
async function run(...commands: LogCommand[]): Promise<Record<string, unknown>[]> {
  const { outcomes } = await store.runBatch(commands)
  return outcomes.map((outcome) =>
    'data' in outcome
      ? (outcome.data as Record<string, unknown>)
      : { refused: outcome.refusal.code },
  )
}
async function open(history: 'all' | 'since-join'): Promise<void> {
  roomId = randomUUID()
  await run({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history,
    memberIds: ['bob'],
  })
}
const send = (by: string, mentions: string[] = []) => ({
  kind: 'message:send' as const,
  actor: user(by),
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
  mentions,
})
const erase = (by: string, seq: number) => ({
  kind: 'message:delete' as const,
  actor: user(by),
  roomId,
  seq,
  clientMsgId: randomUUID(),
})
const read = (by: string, upTo: number, mode: 'forward' | 'set' = 'forward') => ({
  kind: 'read:set' as const,
  actor: user(by),
  roomId,
  upTo,
  mode,
})
const join = (userId: string) => ({
  kind: 'member:join' as const,
  actor: user(userId),
  roomId,
  userId,
  role: 'member' as const,
})
const leave = (userId: string) => ({
  kind: 'member:leave' as const,
  actor: user(userId),
  roomId,
  userId,
})

test('unread is what others said after the cursor and has not been deleted', async () => {
  await run(send('ada'), send('bob'), send('ada', ['bob']), send('ada'))
  expect(await run(read('bob', 3))).toEqual([{ readSeq: 3, unread: 3, mentions: 1 }])
  await run(erase('ada', 6))
  expect(await run(read('bob', 3))).toEqual([{ readSeq: 3, unread: 2, mentions: 0 }])
  expect(await run(read('bob', 4))).toEqual([{ readSeq: 4, unread: 1, mentions: 0 }])
  expect(await run(read('bob', 8))).toEqual([{ readSeq: 8, unread: 0, mentions: 0 }])
  expect(await run(read('bob', 0, 'set'))).toEqual([{ readSeq: 0, unread: 2, mentions: 0 }])
})

test('joinings, edits and what one said oneself are not unread', async () => {
  await run(send('ada'), join('eve'), leave('eve'))
  await run({
    ...send('ada'),
    kind: 'message:edit',
    seq: 4,
    text: 'better',
    mentions: undefined,
  } as never)
  expect(await run(read('ada', 1, 'set'))).toEqual([{ readSeq: 1, unread: 0, mentions: 0 }])
  expect(await run(read('bob', 1, 'set'))).toEqual([{ readSeq: 1, unread: 1, mentions: 0 }])
})

test('a message of the same batch counts, before or behind the cursor that moves in it', async () => {
  const [, state] = await run(send('ada'), read('bob', 4), send('ada', ['bob']))
  expect(state).toEqual({ readSeq: 4, unread: 1, mentions: 1 })
})

test('of two moves of one batch each is answered counts that belong to the cursor it is told', async () => {
  await run(send('ada'), send('ada'), send('ada'))
  for (const answer of await run(read('bob', 6), read('bob', 4, 'set'))) {
    expect(answer['unread']).toBe(6 - Number(answer['readSeq']))
  }
})

test('who joins has nothing unread, and counts from there', async () => {
  await run(send('ada'), join('eve'))
  expect(await run(read('eve', 0))).toEqual([{ readSeq: 5, unread: 0, mentions: 0 }])
  await run(send('ada', ['eve']))
  expect(await run(read('eve', 0))).toEqual([{ readSeq: 5, unread: 1, mentions: 1 }])
})

test('where history begins with the joining nothing older is counted, neither messages nor mentions', async () => {
  await open('since-join')
  await run(send('ada', ['bob']), send('ada'), leave('bob'), send('ada'))
  await run(join('bob'), send('ada'))
  expect(await run(read('bob', 0, 'set'))).toEqual([{ readSeq: 0, unread: 1, mentions: 0 }])
})

test('nobody has more mentions than unread messages', async () => {
  await run(send('ada', ['ada', 'bob']))
  expect(await run(read('ada', 3, 'set'))).toEqual([{ readSeq: 3, unread: 0, mentions: 0 }])
})

test('whatever is done, the counts are those of a recomputation from the log alone', async () => {
  await open('since-join')
  let state = 7
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const people = ['ada', 'bob', 'eve']
  let head = 3
  for (let step = 0; step < 60; step += 1) {
    const commands = Array.from({ length: 1 + random(6) }, (): LogCommand => {
      const by = people[random(3)]!
      const other = people[random(3)]!
      const kind = random(10)
      if (kind < 5) return send(by, random(2) === 0 && other !== by ? [other] : [])
      if (kind < 6) return erase(by, 1 + random(head))
      if (kind < 7) return by === 'ada' ? send(by) : random(2) === 0 ? join(by) : leave(by)
      return read(by, random(head + 1), random(2) === 0 ? 'set' : 'forward')
    })
    await run(...commands)
    const hex = roomId.replaceAll('-', '')
    const rows = await pool.query<
      { seq: number; type: number; actor: string; data: string; deleted: number }[]
    >(
      `SELECT e.seq, e.type, e.actor_id AS actor, e.data, s.deleted_at IS NOT NULL AS deleted
       FROM room_event e LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
       WHERE e.room_id = UNHEX(?) ORDER BY e.seq`,
      [hex],
    )
    head = rows.length
    const members = await pool.query<
      { user_id: string; visible_from: number; read_seq: number; left_seq: number | null }[]
    >(
      'SELECT user_id, visible_from, read_seq, left_seq FROM room_member WHERE room_id = UNHEX(?)',
      [hex],
    )
    const counts = await readUnread(
      pool,
      members.map(({ user_id: userId }) => ({ roomId, userId })),
    )
    for (const {
      user_id: userId,
      visible_from: from,
      read_seq: readSeq,
      left_seq: left,
    } of members) {
      if (left !== null) continue
      const unread = rows.filter(
        (row) =>
          row.type === 1 &&
          row.seq > readSeq &&
          row.seq >= from &&
          row.actor !== userId &&
          row.deleted === 0,
      )
      expect(counts.get(`${roomId}/${userId}`)?.unread, `${userId}, step ${step}`).toBe(
        unread.length,
      )
    }
  }
})

test('ids that differ in case or accent are two people, each with their own count', async () => {
  await run(join('zoe'), join('Zoe'), join('zoë'))
  await run(send('zoe', ['Zoe']))
  const pairs = ['zoe', 'Zoe', 'zoë'].map((userId) => ({ roomId, userId }))
  const counts = await readUnread(pool, pairs)
  expect(pairs.map(({ userId }) => counts.get(`${roomId}/${userId}`))).toMatchObject([
    { unread: 0, mentions: 0 },
    { unread: 1, mentions: 1 },
    { unread: 1, mentions: 0 },
  ])
})
