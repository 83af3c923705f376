import { randomUUID } from 'node:crypto'
import {
  type Account,
  type Chat,
  type ChatError,
  createAccounts,
  createChat,
  waitFor,
} from '@parley/client'
import type { CommandName, CommandPayload, Event } from '@parley/message-schema'
import { eventually, startTestCluster, type TestCluster, type TestUser } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 1, apis: 2 })
})
afterAll(() => cluster.stop())

/** A chat that goes one way only, once it is live, with what that way tells. */
async function open({ token }: { token: string }, transport: 'websocket' | 'http') {
  const chat = createChat({ url: cluster.url, token, transports: [transport], tabs: 'own' })
  const hearers = new Set<() => void>()
  const told: string[] = []
  const events = new Map<string, Event[]>()
  const hear = (what: string): void => {
    told.push(what)
    for (const look of hearers) look()
  }
  chat.connection.onFact('room:events', (fact) => {
    events.set(fact.roomId, [...(events.get(fact.roomId) ?? []), ...fact.events])
    hear('events')
  })
  chat.connection.onFact('room:added', ({ roomId }) => hear(`added ${roomId}`))
  chat.connection.onFact('room:removed', ({ roomId }) => hear(`removed ${roomId}`))
  await waitFor(chat.connection.state, ({ status }) => status === 'live')
  expect(chat.connection.state.current.via).toBe(transport)
  return {
    chat,
    told,
    eventsOf: (roomId: string): readonly Event[] => events.get(roomId) ?? [],
    until: (isSo: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo()) return
          hearers.delete(look)
          resolve()
        }
        hearers.add(look)
        look()
      }),
    [Symbol.asyncDispose]: () => chat.close(0),
  }
}

/** What differs from one time to the next, and says nothing of the command. */
const VOLATILE = new Set(['ts', 'requestId', 'epoch', 'expiresAt', 'id', 'roomId', 'clientMsgId'])
const steady = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, one: unknown) => (VOLATILE.has(key) ? 'volatile' : one)),
  ) as unknown

/** Every command, with its repetitions and its refusals. Answers are what one way is told. */
async function sayEverything(chat: Chat, roomId: string, user: TestUser, stranger: TestUser) {
  const answers: [string, unknown][] = []
  const say = async <Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
    what = '',
  ) => {
    const answer = chat.connection.request(name, payload).then(
      (data: unknown) => ({ data }),
      ({ code, message, isRetryable, details }: ChatError) => ({
        error: { code, message, isRetryable, details },
      }),
    )
    answers.push([`${name} ${what}`, steady(await answer)])
  }
  const [first, second, edit, gone] = Array.from({ length: 4 }, () => randomUUID())
  const one = { roomId, clientMsgId: first ?? '', text: 'one' }
  await say('sync', { rooms: { [roomId]: 0 } }, 'from the beginning')
  await say('message:send', one)
  await say('message:send', one, 'again')
  await say('message:send', { ...one, text: 'other' }, 'another with this id')
  await say('message:send', { roomId, clientMsgId: second ?? '', text: 'two', replyTo: 4 })
  await say(
    'message:send',
    { roomId, clientMsgId: randomUUID(), text: 'x', replyTo: 99 },
    'to none',
  )
  const change = { roomId, seq: 4, clientMsgId: edit ?? '', text: 'uno' }
  await say('message:edit', change)
  await say('message:edit', change, 'again')
  await say('message:edit', { ...change, clientMsgId: randomUUID(), ifVersion: 0 }, 'too late')
  await say('reaction:set', { roomId, seq: 4, key: '👍🏽', on: true })
  await say('reaction:set', { roomId, seq: 4, key: '👍🏽', on: true }, 'again')
  await say('reaction:set', { roomId, seq: 4, key: 'a/b?c', on: true }, 'with a name')
  await say('reaction:set', { roomId, seq: 4, key: '👍🏽', on: false }, 'off')
  await say('reaction:set', { roomId, seq: 4, key: 'never', on: false }, 'that was never there')
  await say('pin:set', { roomId, seq: 4, on: true })
  await say('pin:set', { roomId, seq: 4, on: false }, 'off')
  await say('read:set', { roomId, upTo: 5 })
  await say('read:set', { roomId, upTo: 3, mode: 'set' }, 'back')
  await say('read:set', { roomId, upTo: 999 }, 'beyond the head')
  const remove = { roomId, seq: 5, clientMsgId: gone ?? '' }
  await say('message:delete', remove)
  await say('message:delete', remove, 'again')
  await say('message:delete', { ...remove, clientMsgId: randomUUID() }, 'what is gone')
  await say(
    'message:edit',
    { roomId, seq: 5, clientMsgId: randomUUID(), text: 'x' },
    'what is gone',
  )
  await say(
    'message:send',
    { roomId: randomUUID(), clientMsgId: randomUUID(), text: 'x' },
    'nowhere',
  )
  await say('typing:set', { roomId, on: true })
  await say('presence:set', { status: 'dnd', text: 'busy' })
  await say('presence:set', { idle: false }, 'of the device')
  await say('presence:subscribe', { userIds: [stranger.userId] })
  await say('presence:subscribe', { userIds: [] }, 'of nobody')
  await say('sync', { rooms: { [roomId]: 5 } }, 'from a position')
  await say('sync', { rooms: { [roomId]: 999 } }, 'ahead')
  await say('sync', { rooms: { [roomId]: 1 }, epoch: 77 }, 'of another epoch')
  await say('sync', { rooms: { [randomUUID()]: 0 } }, 'of a room that is not mine')
  await say('sync', { rooms: { [roomId]: 0 }, limit: 3 }, 'too far')
  await say('auth:refresh', { token: user.token })
  await say('auth:refresh', { token: stranger.token }, 'with the token of somebody else')
  await say('auth:refresh', { token: 'nonsense' }, 'with no token')
  return answers
}

test('every command is answered over plain HTTP as it is over a socket', async () => {
  const [ada, bob, stranger] = await Promise.all([
    cluster.register(),
    cluster.register(),
    cluster.register(),
  ])
  const first = await cluster.createRoom([ada, stranger])
  const second = await cluster.createRoom([bob, stranger])
  await using socket = await open(ada, 'websocket')
  await using http = await open(bob, 'http')
  const over = await sayEverything(socket.chat, first, ada, stranger)
  const plain = await sayEverything(http.chat, second, bob, stranger)
  const named = (answers: unknown, user: TestUser): unknown =>
    JSON.parse(
      JSON.stringify(answers)
        .replaceAll(user.userId, 'me')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, 'an id'),
    ) as unknown
  expect(named(plain, bob)).toEqual(named(over, ada))
})

test('what others say comes by long poll: in order, once, none left out', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([ada, bob])
  const socket = await cluster.connect(ada)
  await using http = await open(bob, 'http')
  const texts = Array.from({ length: 12 }, (_, n) => `message ${n}`)
  for (const text of texts) await cluster.send(socket, roomId, text)
  await http.until(() => http.eventsOf(roomId).length >= texts.length)
  const heard = http.eventsOf(roomId)
  expect(heard.map(({ seq }) => seq)).toEqual(texts.map((_, n) => 4 + n))
  expect(heard.map(({ data }) => ('text' in data ? data.text : ''))).toEqual(texts)

  const mine = randomUUID()
  await http.chat.connection.request('message:send', { roomId, clientMsgId: mine, text: 'mine' })
  await http.until(() => http.eventsOf(roomId).some((event) => event.clientMsgId === mine))
})

test('one that is put out is told so, and so is who comes in', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([ada, bob])
  await using http = await open(bob, 'http')
  await cluster.leave(ada, roomId, bob.userId)
  await http.until(() => http.told.includes(`removed ${roomId}`))
  // By a route of this very client: it looks at once.
  await http.chat.rooms.join(roomId)
  await http.until(() => http.told.includes(`added ${roomId}`))
  const socket = await cluster.connect(ada)
  await cluster.send(socket, roomId, 'welcome back')
  await http.until(() =>
    http.eventsOf(roomId).some(({ data }) => 'text' in data && data.text === 'welcome back'),
  )
})

test('a sign-in that is ended ends the chat', async () => {
  const bob = await cluster.register()
  await using http = await open(bob, 'http')
  await cluster.rest('POST', '/v1/auth/logout', { user: bob })
  const { error } = await waitFor(http.chat.connection.state, ({ status }) => status === 'ended')
  expect(error).toMatchObject({ code: 'AUTH_REVOKED' })
})

/** A storage that tabs share. */
function createStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

test('three tabs that renew at once use the refresh token once, and the session lives on', async () => {
  const storage = createStorage()
  const url = cluster.url
  const username = `user-${randomUUID().slice(0, 8)}`
  const ends: string[] = []
  const open = () => createAccounts({ url, storage, onEnd: (why) => ends.push(why) })
  const first = await open().register({ username, password: 'a long secret' })
  const accounts: Account[] = [first, open().saved() ?? first, open().saved() ?? first]
  expect(new Set(accounts).size).toBe(3)
  let token = await first.getToken(null)
  for (let n = 0; n < 3; n += 1) {
    const renewed = await Promise.all(accounts.map((account) => account.getToken(token)))
    expect(new Set(renewed).size).toBe(1)
    expect(renewed[0]).not.toBe(token)
    token = renewed[0] ?? ''
  }
  await cluster.rest('GET', '/v1/me', { user: { token } })
  await first.signOut()
  await expect(accounts[1]?.getToken(null)).rejects.toMatchObject({ isRetryable: false })
  expect(ends).toEqual(['signed-out'])
  // The other replica learns of it within two seconds.
  await eventually(async () => {
    await expect(cluster.rest('GET', '/v1/me', { user: { token } })).rejects.toThrow('AUTH_REVOKED')
  })
})

test('who signs in is who registered', async () => {
  const user = await cluster.register()
  const { username, password } = user
  const account = await createAccounts({ url: cluster.url }).signIn({ username, password })
  expect(account.user.current?.id).toBe(user.userId)
  const wrong = createAccounts({ url: cluster.url }).signIn({ username, password: 'wrong wrong' })
  await expect(wrong).rejects.toMatchObject({ code: 'AUTH_INVALID' })
  const guest = await createAccounts({ url: cluster.url }).guest('Somebody')
  expect(guest.user.current).toMatchObject({ kind: 'guest', displayName: 'Somebody' })
})

test('a file goes up, into a message, and is there for whoever has a link of theirs', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([ada, bob])
  await using mine = await open(ada, 'http')
  await using theirs = await open(bob, 'http')
  const upload = mine.chat.files.upload(new Blob(['some notes'], { type: 'text/plain' }), {
    name: 'notes 1.txt',
  })
  const file = await upload.done
  expect(upload.progress.current).toBe(1)
  expect(file).toMatchObject({ name: 'notes 1.txt', bytes: 10 })
  await expect(theirs.chat.files.link(file.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await mine.chat.connection.request('message:send', {
    roomId,
    clientMsgId: randomUUID(),
    attachments: [file.id],
  })
  const link = await theirs.chat.files.link(file.id)
  expect(await (await fetch(link)).text()).toBe('some notes')
  expect(await theirs.chat.files.link(file.id)).toBe(link)
  await expect(mine.chat.files.delete(file.id)).rejects.toMatchObject({ code: 'CONFLICT' })
  const other = await mine.chat.files.upload(new Blob(['x'])).done
  await mine.chat.files.delete(other.id)
})

test('people are read by their ids, found by their names, and blocked', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  await using it = await open(ada, 'http')
  const { people } = it.chat
  const store = people.get(bob.userId)
  const user = await waitFor(store, (known) => known !== null)
  expect(user).toMatchObject({ id: bob.userId, username: bob.username })
  expect(await people.search(bob.username.slice(0, 12))).toContainEqual(user)
  const blocked = waitFor(people.blocked, (ids) => ids.has(bob.userId))
  await people.block(bob.userId)
  await blocked
  await people.unblock(bob.userId)
  expect(people.blocked.current.has(bob.userId)).toBe(false)
})
