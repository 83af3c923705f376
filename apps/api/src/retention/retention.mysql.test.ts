import { randomUUID } from 'node:crypto'
import { INTERNAL_PATHS } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createWriterPool, type Pool } from '../db/connect.ts'
import { retryAdviceOf } from '../db/database-errors.ts'
import { createLogStore } from '../db/log/log-store.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { createRetentionStore } from '../db/messages/retention-store.ts'
import { createSearchSource } from '../db/search/search-source.ts'
import { createSearchTodo } from '../db/search/search-todo.ts'
import { createRoomLog } from '../room-log/room-log.ts'
import { createIndexRooms } from '../search/index-ranges.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { createEraseOld, type RetentionPorts, type RetentionStore } from './erase-old.ts'

let api: TestApi
let pool: Pool
let ada: Actor
let bob: Actor

beforeAll(async () => {
  api = await startTestApi()
  pool = createWriterPool(api.databaseUrl, 4)
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(async () => {
  await pool.end()
  await api[Symbol.asyncDispose]()
})

const portsWith = (store: Partial<RetentionStore> = {}): RetentionPorts => ({
  store: { ...createRetentionStore(pool), ...store },
  run: createRoomLog({
    store: createLogStore(pool, new FailPoints(false)),
    transactions: 1,
    retryAdviceOf,
    announce: () => undefined,
  }).run,
  removeFromSearch: createMysqlSearchIndex(pool).removeUpTo,
  graceDays: 30,
})
const eraseOld = (store: Partial<RetentionStore> = {}) =>
  createEraseOld(portsWith(store))(new AbortController().signal)

const index = async (): Promise<void> => {
  const todo = createSearchTodo(pool)
  await todo.markAll()
  const ports = { source: createSearchSource(pool), index: createMysqlSearchIndex(pool), todo }
  await createIndexRooms(ports)(new AbortController().signal)
}

/** As if everything up to `seq` had been said a year ago. */
const makeOld = (room: string, seq: number) =>
  pool.query('UPDATE room_event SET ts = ts - INTERVAL 400 DAY WHERE room_id = ? AND seq <= ?', [
    toBytes(room),
    seq,
  ])

/** Every row that is about the room, wherever: nothing of a body may be left. */
async function everything(room: string): Promise<string> {
  const tables = await pool.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND column_name = 'room_id'`,
  )
  const rows = await Promise.all(
    tables.map(({ name }) =>
      pool.query(`SELECT * FROM ${name} WHERE room_id = ?`, [toBytes(room)]),
    ),
  )
  const toText = (_: string, value: unknown): unknown => {
    const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown }
    return type === 'Buffer' && Array.isArray(data)
      ? Buffer.from(data as number[]).toString('latin1')
      : value
  }
  return JSON.stringify(rows, toText)
}

async function filledRoom(): Promise<{ room: string; last: number }> {
  const room = (await ada.createRoom()).id
  await bob.join(room)
  const path = (seq: number) => `/v1/rooms/${room}/messages/${seq}`
  const first = await ada.send(room, 'secretone', {
    mentions: [bob.id],
    payload: { a: 'secretpayload' },
  })
  await ada.send(room, 'secrettwo', { threadId: first })
  await ada.call('PATCH', path(first), { text: 'secretedit' })
  const gone = await ada.send(room, 'secretgone')
  await ada.call('DELETE', path(gone))
  await bob.call('PUT', `${path(first)}/reactions/${encodeURIComponent('👍')}`)
  const last = await ada.send(room, 'secretlast')
  await index()
  await ada.call('PATCH', `/v1/rooms/${room}`, { retentionDays: 30 })
  return { room, last }
}

const unreadOf = async (actor: Actor, room: string) =>
  (await actor.get(`/v1/rooms/${room}`)).body.room.me as { unread: number; mentions: number }

test('what is older than the room keeps it is gone everywhere, and the log says so', async () => {
  const { room, last } = await filledRoom()
  await makeOld(room, last)
  const kept = await ada.send(room, 'fresh words')
  await index()
  expect(await unreadOf(bob, room)).toMatchObject({ unread: 4, mentions: 1 })
  await eraseOld()
  expect(await everything(room)).not.toContain('secret')
  const threads = (await ada.messages(room)).flatMap(({ threadId }) => threadId ?? [])
  expect(threads).toHaveLength(1)
  const messages = await bob.messages(room)
  expect(messages.map(({ text }) => text)).toEqual([null, null, null, null, 'fresh words'])
  expect(messages[0]).toMatchObject({ mentions: [], reactions: [], attachments: [] })
  expect(await unreadOf(bob, room)).toMatchObject({ unread: 1, mentions: 0 })
  const { body } = await bob.get(`/v1/rooms/${room}/events?after=${kept}`)
  expect(body.data).toMatchObject([{ type: 'room:updated', data: { erasedTo: last } }])
  expect((await bob.get('/v1/search?q=secret')).body.data).toEqual([])
  expect((await bob.get('/v1/search?q=fresh')).body.data).toHaveLength(1)
  const patch = await ada.call('PATCH', `/v1/rooms/${room}/messages/${last}`, { text: 'again' })
  expect(patch.body.code).toBe('GONE')
  expect((await ada.get(`/v1/rooms/${room}/messages/${last}/versions`)).status).toBe(410)
})

test('done again it does nothing, and an index that is built anew does not find it', async () => {
  const { room, last } = await filledRoom()
  await makeOld(room, last)
  await eraseOld()
  const before = await everything(room)
  await eraseOld()
  expect(await everything(room)).toBe(before)
  await index()
  expect(await everything(room)).not.toContain('secret')
})

test('after a crash in the middle it goes on, and says it once', async () => {
  const { room, last } = await filledRoom()
  await makeOld(room, last)
  const crash = async (): Promise<never> => {
    throw new Error('crash')
  }
  await expect(eraseOld({ purge: crash })).rejects.toThrow('crash')
  expect(
    (await ada.call('PATCH', `/v1/rooms/${room}/messages/${last}`, { text: 'x' })).status,
  ).toBe(410)
  await eraseOld()
  expect(await everything(room)).not.toContain('secret')
  const { data } = (await ada.get(`/v1/rooms/${room}/events?limit=500`)).body
  const said = (data as { data: { erasedTo?: number } }[]).filter((one) => one.data.erasedTo)
  expect(said).toHaveLength(1)
})

test('what was said to be gone is shown by no way while its rows are still there', async () => {
  const { room, last } = await filledRoom()
  await makeOld(room, last)
  await ada.send(room, 'fresh words')
  const crash = async (): Promise<never> => {
    throw new Error('crash')
  }
  await expect(eraseOld({ purge: crash })).rejects.toThrow('crash')
  expect(await everything(room)).toContain('secret')
  const after = { after: 0, limit: 100 }
  const ways = {
    events: await bob.get(`/v1/rooms/${room}/events`),
    page: await bob.get(`/v1/rooms/${room}/events/pages/1`),
    sync: await bob.call('POST', '/v1/sync', { rooms: { [room]: 0 } }),
    gateways: await api.call('POST', INTERNAL_PATHS.events, {
      token: 'internal-token-of-a-test',
      body: { rooms: { [room]: after } },
    }),
    messages: await bob.get(`/v1/rooms/${room}/messages`),
    backends: await api.call('GET', `/v1/server/rooms/${room}/export`, { token: ROOT_API_KEY }),
  }
  for (const [way, { status, body }] of Object.entries(ways)) {
    expect([way, status]).toEqual([way, 200])
    expect(JSON.stringify(body), way).toContain('fresh words')
    expect(JSON.stringify(body), way).not.toContain('secret')
  }
})

test('where nothing is too old, or only other events are, nothing is said', async () => {
  const room = (await ada.createRoom()).id
  await ada.call('PATCH', `/v1/rooms/${room}`, { retentionDays: 30 })
  await bob.join(room)
  const head = async () => (await ada.get(`/v1/rooms/${room}`)).body.room.head as number
  const before = await head()
  await makeOld(room, before)
  await eraseOld()
  expect(await head()).toBe(before)
})

test('bodies of a deleted room go after its grace', async () => {
  const { room } = await filledRoom()
  await ada.call('DELETE', `/v1/rooms/${room}`)
  await eraseOld()
  expect(await everything(room)).toContain('secret')
  await pool.query('UPDATE room SET deleted_at = deleted_at - INTERVAL 31 DAY WHERE id = ?', [
    toBytes(room),
  ])
  await eraseOld()
  expect(await everything(room)).not.toContain('secret')
  expect(await createRetentionStore(pool).deletedRooms(30, 10)).toEqual([])
})

test('a body with half an emoji, of when it was let in, goes like any other', async () => {
  const room = (await ada.createRoom()).id
  await ada.call('PATCH', `/v1/rooms/${room}`, { retentionDays: 30 })
  const thread = await ada.send(room, 'secretfirst')
  const actor = { id: ada.id, kind: 'user' } as const
  const about = { actor, roomId: room, type: 'note' }
  const half = { payload: { secret: '\uD83D' } }
  const { run } = portsWith()
  const send = { kind: 'message:send', ...about, threadId: thread } as const
  await run({ ...send, ...half, clientMsgId: randomUUID() })
  const { seq } = await run({ ...send, text: 'secretlast', clientMsgId: randomUUID() })
  const edit = {
    kind: 'message:edit',
    actor,
    roomId: room,
    seq,
    clientMsgId: randomUUID(),
  } as const
  await run({ ...edit, ...half })
  await makeOld(room, seq + 1)
  await eraseOld()
  expect(await everything(room)).not.toContain('secret')
  expect(await ada.messages(room)).toMatchObject([
    { text: null },
    { text: null, type: 'note', threadId: thread },
    { text: null, type: 'note', threadId: thread },
  ])
})
