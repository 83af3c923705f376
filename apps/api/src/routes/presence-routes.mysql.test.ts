import { randomUUID } from 'node:crypto'
import {
  PRESENCE_HASHES,
  roomSignsChannel,
  writeEntry,
  type PresenceEntry,
  type PresenceState,
} from '@parley/message-schema'
import { LeasedHash } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOnlineUsers } from '../presence/online-users.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let redis: Redis
let gateway: LeasedHash
beforeAll(async () => {
  api = await startTestApi()
  redis = new Redis(redisUrl())
  gateway = new LeasedHash({
    redis,
    prefix: PRESENCE_HASHES,
    owner: `test-${randomUUID()}`,
    leaseMs: 120_000,
  })
  await gateway.replace(new Map(), Date.now())
})
afterAll(async () => {
  await gateway.leave(1)
  redis.disconnect()
  await api[Symbol.asyncDispose]()
})

/** A gateway says that they are there. */
async function connect(actor: Actor, more: Partial<PresenceEntry> = {}): Promise<void> {
  const entry = writeEntry({
    status: 'online',
    text: null,
    version: 0,
    idle: false,
    leaving: false,
    ...more,
  })
  await gateway.write(new Map([[actor.id, entry]]))
}

const look = async (watcher: Actor, ...people: Actor[]): Promise<PresenceState[]> => {
  const answer = await watcher.get(`/v1/presence?ids=${people.map(({ id }) => id).join()}`)
  expect(answer.status).toBe(200)
  return answer.body.states as PresenceState[]
}
const sees = async (watcher: Actor, person: Actor) => (await look(watcher, person))[0]?.status

const askInternally = (path: string, body: unknown) =>
  api.call('POST', `/internal/presence/${path}`, { token: 'internal-token-of-a-test', body })

async function roommates(count: number, draft: object = {}) {
  const people = await Promise.all(Array.from({ length: count }, (_, n) => api.guest(`P${n}`)))
  const room = await people[0]!.createRoom({ ...draft })
  for (const person of people.slice(1)) await person.join(room.id)
  return { people, room }
}

test('strangers see nobody; roommates see how somebody is; everybody sees themselves', async () => {
  const { people } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  const eve = await api.guest('Eve')
  await connect(ada, { status: 'dnd', text: 'Busy', version: 4 })
  expect(await look(bob, ada, eve)).toEqual([
    { userId: ada.id, status: 'dnd', text: 'Busy' },
    { userId: eve.id, status: 'offline' },
  ])
  expect(await look(eve, ada)).toEqual([{ userId: ada.id, status: 'offline' }])
  expect(await sees(ada, ada)).toBe('dnd')
})

test('a room that one of two has left is none that they share', async () => {
  const { people, room } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  await connect(ada)
  expect(await sees(bob, ada)).toBe('online')
  await bob.leave(room.id)
  expect(await sees(bob, ada)).toBe('offline')
})

test('who is blocked sees what a stranger sees, and the other way round nothing changes', async () => {
  const { people } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  await connect(ada)
  await connect(bob)
  await api.database.query('INSERT INTO user_block (user_id, blocked_id) VALUES (?, ?)', [
    ada.id,
    bob.id,
  ])
  expect(await sees(bob, ada)).toBe('offline')
  expect(await sees(ada, bob)).toBe('online')
})

test('preferences say who sees; what is not named stays as it is', async () => {
  const { people, room } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  await connect(ada)
  const defaults = {
    presence: 'everybody',
    lastSeen: 'everybody',
    readReceipts: true,
    typing: true,
  }
  expect((await ada.get('/v1/me/prefs')).body).toEqual({ prefs: { privacy: defaults } })
  const put = async (privacy: object) => {
    const answer = await ada.call('PUT', '/v1/me/prefs', { privacy })
    expect(answer.status).toBe(200)
    return answer.body.prefs.privacy as object
  }
  expect(await put({ presence: 'contacts' })).toEqual({ ...defaults, presence: 'contacts' })
  expect(await put({ typing: false })).toEqual({
    ...defaults,
    presence: 'contacts',
    typing: false,
  })
  expect(await sees(bob, ada)).toBe('online')
  await api.database.query('UPDATE room_head SET member_count = 101 WHERE room_id = ?', [
    Buffer.from(room.id.replaceAll('-', ''), 'hex'),
  ])
  expect(await sees(bob, ada)).toBe('offline')
  await put({ presence: 'everybody' })
  expect(await sees(bob, ada)).toBe('online')
  await put({ presence: 'nobody' })
  expect(await sees(bob, ada)).toBe('offline')
  expect(await sees(ada, ada)).toBe('online')
})

test.each([
  { privacy: { presence: 'me' } },
  { privacy: { readReceipts: 'yes' } },
  { privacy: { colour: 'red' } },
  { notify: 'all' },
])('preferences that are none are refused: %j', async (body) => {
  const ada = await api.guest('Ada')
  expect((await ada.call('PUT', '/v1/me/prefs', body)).status).toBe(400)
})

test('of two changes at once neither is lost', async () => {
  const ada = await api.guest('Ada')
  await Promise.all([
    ada.call('PUT', '/v1/me/prefs', { privacy: { typing: false } }),
    ada.call('PUT', '/v1/me/prefs', { privacy: { readReceipts: false } }),
    ada.call('PUT', '/v1/me/prefs', { privacy: { lastSeen: 'nobody' } }),
  ])
  expect((await ada.get('/v1/me/prefs')).body.prefs.privacy).toEqual({
    presence: 'everybody',
    lastSeen: 'nobody',
    readReceipts: false,
    typing: false,
  })
})

test('when somebody was last there is stored by gateways, goes forward, and is told to whom it may be', async () => {
  const { people } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  expect(await look(bob, ada)).toEqual([{ userId: ada.id, status: 'offline' }])
  for (const at of ['2026-03-01T10:20:30.456Z', '2026-03-01T09:00:00.000Z']) {
    const { status } = await askInternally('seen', { users: [{ userId: ada.id, at }] })
    expect(status).toBe(200)
  }
  const lastSeenAt = '2026-03-01T10:20:00.000Z'
  expect(await look(bob, ada)).toEqual([{ userId: ada.id, status: 'offline', lastSeenAt }])
  await connect(ada)
  expect(await look(bob, ada)).toEqual([{ userId: ada.id, status: 'online' }])
  await gateway.write(new Map([[ada.id, null]]))
  await ada.call('PUT', '/v1/me/prefs', { privacy: { lastSeen: 'nobody' } })
  expect(await look(bob, ada)).toEqual([{ userId: ada.id, status: 'offline' }])
  expect(await look(await api.guest('Eve'), ada)).toEqual([{ userId: ada.id, status: 'offline' }])
})

test('what one chose is kept, and gateways are told by the version of the user', async () => {
  const ada = await api.guest('Ada')
  const nothing = { presence: { status: 'online', text: null } }
  expect((await ada.get('/v1/me/presence')).body).toEqual(nothing)
  const put = (body: object) => ada.call('PUT', '/v1/me/presence', body)
  expect((await put({ status: 'dnd', text: 'Writing' })).body.presence).toEqual({
    status: 'dnd',
    text: 'Writing',
  })
  expect((await put({ status: 'away' })).body.presence).toEqual({ status: 'away', text: 'Writing' })
  expect((await put({ text: '  ' })).body.presence).toEqual({ status: 'away', text: null })
  const { body } = await api.call('POST', '/internal/users', {
    token: 'internal-token-of-a-test',
    body: { users: [{ id: ada.id }] },
  })
  expect(body.users[ada.id]).toMatchObject({
    version: 3,
    presence: { status: 'away', text: null, version: 3, typing: true, readReceipts: true },
  })
  for (const wrong of [{ status: 'offline' }, { status: null }, { text: 'x'.repeat(141) }]) {
    expect((await put(wrong)).status).toBeGreaterThanOrEqual(400)
  }
})

test('nobody asks without a token, about nobody, or about a crowd', async () => {
  for (const path of ['/v1/presence?ids=a', '/v1/me/prefs', '/v1/me/presence']) {
    expect((await api.call('GET', path)).status).toBe(401)
  }
  const ada = await api.guest('Ada')
  for (const query of ['', '?ids=', `?ids=${Array.from({ length: 201 }, (_, n) => n).join()}`]) {
    expect((await ada.get(`/v1/presence${query}`)).status, query).toBe(400)
  }
  for (const path of ['audience', 'status', 'seen']) {
    expect((await api.call('POST', `/internal/presence/${path}`, { body: {} })).status).toBe(404)
  }
})

test('who is online is told to the rest of the API without telling of who hides', async () => {
  const people = await Promise.all(['A', 'B', 'C', 'D'].map((name) => api.guest(name)))
  const [ada, bob, eve, mia] = people as [Actor, Actor, Actor, Actor]
  await connect(ada)
  await connect(bob, { status: 'invisible', version: 1 })
  await connect(eve, { leaving: true })
  const { onlineAmong, connectedAmong } = createOnlineUsers(redis, quiet)
  const ids = [ada, bob, eve, mia].map(({ id }) => id)
  expect(await onlineAmong(ids)).toEqual(new Set([ada.id]))
  expect(await connectedAmong(ids)).toEqual(new Set([ada.id, bob.id]))
  expect(await onlineAmong([])).toEqual(new Set())
  const away = new Redis(redisUrl())
  away.disconnect()
  expect(await createOnlineUsers(away, quiet).onlineAmong(ids)).toEqual(new Set())
})

test('reading over REST is told to the room, forward and of those who let it be told', async () => {
  const { people, room } = await roommates(2)
  const [ada, bob] = people as [Actor, Actor]
  const seq = await ada.send(room.id, 'Hello')
  const subscriber = new Redis(redisUrl())
  const heard: unknown[] = []
  subscriber.on('message', (_channel, sign) =>
    heard.push((JSON.parse(sign) as { read: unknown }).read),
  )
  await subscriber.subscribe(roomSignsChannel(room.id))
  const read = (actor: Actor, body: object) => actor.call('PUT', `/v1/rooms/${room.id}/read`, body)
  await ada.call('PUT', '/v1/me/prefs', { privacy: { readReceipts: false } })
  await read(ada, { upTo: seq })
  await read(bob, { upTo: seq - 1, mode: 'set' })
  await read(bob, { upTo: seq })
  await eventually(() => expect(heard).toEqual([{ userId: bob.id, readSeq: seq }]))
  subscriber.disconnect()
})

const quiet = { debug: () => undefined } as unknown as Parameters<typeof createOnlineUsers>[1]
