import { randomUUID } from 'node:crypto'
import { FailPoints } from '@parley/server-kit'
import { expect, onTestFinished, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createWriterPool } from '../db/connect.ts'
import { retryAdviceOf } from '../db/database-errors.ts'
import { createLogStore } from '../db/log/log-store.ts'
import { createErasureLeftovers } from '../db/users/erasure-leftovers.ts'
import { createErasureStore } from '../db/users/erasure-store.ts'
import { createRoomLog } from '../room-log/room-log.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker } from '../testing/test-worker.ts'
import { createEraseEverywhere } from './erase-everywhere.ts'

const call = (api: TestApi, method: string, path: string) =>
  api.call(method, path, { token: ROOT_API_KEY })

const finished = async (api: TestApi, id: string): Promise<void> => {
  const stateOf = async () => (await call(api, 'GET', `/v1/users/${id}/erasure`)).body.erasure.state
  await expect.poll(stateOf, { timeout: 20_000 }).toBe('finished')
}

const textsIn = async (reader: Actor, room: string) =>
  (await reader.messages(room)).map(({ text }) => text)

test('an erasure goes on where it was, also one whose worker died in it', async () => {
  await using api = await startTestApi()
  const [ada, bob] = [await api.guest('Ada'), await api.guest('Bob')]
  const made = [await ada.createRoom(), await ada.createRoom(), await ada.createRoom()]
  const rooms = made.map(({ id }) => id).toSorted()
  for (const room of rooms) {
    await ada.join(room, bob.id)
    await bob.send(room, 'words')
  }
  await call(api, 'DELETE', `/v1/users/${bob.id}`)
  // A worker had done the first room, and then died: its lease has ended.
  await api.database.query(
    `UPDATE user_erasure SET after_room = ?, rooms_done = 1, lease_until = ? WHERE user_id = ?`,
    [toBytes(rooms[0]!), new Date(0), bob.id],
  )
  await using _worker = await startTestWorker(api.databaseUrl)
  await finished(api, bob.id)
  const { body } = await call(api, 'GET', `/v1/users/${bob.id}/erasure`)
  expect(body.erasure.roomsDone).toBe(3)
  expect(await Promise.all(rooms.map((room) => textsIn(ada, room)))).toEqual([
    ['words'],
    [null],
    [null],
  ])
})

test('more than is erased at once goes, and so do reactions, also of a room that was left', async () => {
  await using api = await startTestApi()
  const [ada, bob] = [await api.guest('Ada'), await api.guest('Bob')]
  const { id: room } = await ada.createRoom()
  const { id: left } = await ada.createRoom()
  for (const one of [room, left]) await ada.join(one, bob.id)
  const seq = await ada.send(room, 'by Ada')
  await bob.call('PUT', `/v1/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent('👍')}`)
  expect((await ada.messages(room)).at(-1)?.reactions).toHaveLength(1)
  await bob.send(left, 'words')
  await bob.leave(left)
  const messages = Array.from({ length: 100 }, (_, index) => ({
    roomId: room,
    as: { kind: 'user', id: bob.id },
    text: `words ${index}`,
  }))
  for (let batch = 0; batch < 3; batch += 1) {
    await api.call('POST', '/v1/server/messages/batch', { token: ROOT_API_KEY, body: { messages } })
  }
  await using _worker = await startTestWorker(api.databaseUrl)
  await call(api, 'DELETE', `/v1/users/${bob.id}`)
  await finished(api, bob.id)
  const rows = await api.database.query<{ data: string }[]>(
    'SELECT data FROM room_event WHERE actor_id = ? AND type = 1',
    [bob.id],
  )
  expect(rows).toHaveLength(301)
  expect(rows.filter(({ data }) => data.includes('words'))).toEqual([])
  const all = await ada.messages(room, '?limit=200&before=1000')
  expect(all.flatMap(({ reactions }) => reactions)).toEqual([])
  expect(await textsIn(ada, left)).toEqual([null])
})

test('what they still say and do until they have left the room goes too', async () => {
  await using api = await startTestApi()
  const pool = createWriterPool(api.databaseUrl, 4)
  onTestFinished(() => pool.end())
  const log = createRoomLog({
    store: createLogStore(pool, new FailPoints(false)),
    transactions: 1,
    retryAdviceOf,
    announce: () => undefined,
  })
  const [ada, bob] = [await api.guest('Ada'), await api.guest('Bob')]
  const { id: room } = await ada.createRoom()
  await ada.join(room, bob.id)
  const seq = await ada.send(room, 'by Ada')
  await bob.send(room, 'early words')
  await call(api, 'DELETE', `/v1/users/${bob.id}`)
  const as = { actor: { id: bob.id, kind: 'user' }, roomId: room } as const
  // A gateway had taken these before it was told of the end of the session.
  const run: RunCommand = async (command) => {
    if (command.kind === 'member:leave') {
      const clientMsgId = randomUUID()
      await log.run({ kind: 'message:send', ...as, clientMsgId, text: 'late words' })
      await log.run({ kind: 'reaction:set', ...as, seq, key: '👍', on: true })
    }
    return log.run(command)
  }
  // Nor has every replica heard of it.
  const { id: hall } = await ada.createRoom()
  const join = { kind: 'member:join', role: 'member', userId: bob.id, roomId: hall } as const
  const gone = { code: 'NOT_FOUND' }
  await expect(log.run({ ...join, actor: as.actor })).rejects.toMatchObject(gone)
  await expect(log.run({ ...join, actor: { id: ada.id, kind: 'user' } })).rejects.toMatchObject(
    gone,
  )
  const own = { roomKind: 'room', name: 'own', visibility: 'public', topic: null } as const
  const create = { kind: 'room:create', ...own, history: 'all' } as const
  await expect(
    log.run({ ...create, memberIds: [], actor: as.actor, roomId: randomUUID() }),
  ).rejects.toMatchObject(gone)
  const store = createErasureStore(pool)
  const leftovers = createErasureLeftovers(pool)
  await createEraseEverywhere({ store, leftovers, run })(new AbortController().signal)
  await finished(api, bob.id)
  expect(await textsIn(ada, room)).toEqual(['by Ada', null, null])
  expect((await ada.messages(room)).flatMap(({ reactions }) => reactions)).toEqual([])
})
