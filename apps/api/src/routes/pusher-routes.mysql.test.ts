import { createHash, createHmac } from 'node:crypto'
import type { Event } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PUSHER_APP, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

const OTHER_APP = { id: 'other', key: 'key-of-another', secret: 'secret-of-another' }

let api: TestApi
let ada: Actor
let bob: Actor
beforeAll(async () => {
  const apps = [PUSHER_APP, OTHER_APP].map(({ id, key, secret }) => `${id}:${key}:${secret}`)
  api = await startTestApi({ PUSHER_APPS: apps.join(), PUSHER_RETENTION_DAYS: '7' })
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(() => api[Symbol.asyncDispose]())

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex')

interface Sending {
  readonly app?: { readonly id: string; readonly key: string; readonly secret: string }
  readonly appId?: string
  readonly query?: Record<string, string>
  readonly body?: unknown
  readonly sentBody?: string
  readonly headers?: Record<string, string>
  readonly atMs?: number
  readonly change?: (query: URLSearchParams) => void
}

/** As a server package signs it, in a few lines of any language. */
async function pusher(method: string, path: string, sending: Sending = {}) {
  const { app = PUSHER_APP, appId = app.id, atMs = Date.now() } = sending
  const { query, body, sentBody, headers, change } = sending
  const text = body === undefined ? undefined : JSON.stringify(body)
  const url = `/apps/${appId}${path}`
  const params: Record<string, string> = {
    auth_key: app.key,
    auth_timestamp: String(Math.floor(atMs / 1_000)),
    auth_version: '1.0',
    ...(text !== undefined && { body_md5: createHash('md5').update(text).digest('hex') }),
    ...query,
  }
  const sorted = Object.keys(params)
    .toSorted()
    .map((name) => `${name}=${params[name]}`)
  const all = new URLSearchParams(params)
  all.set('auth_signature', hmac(app.secret, [method, url, sorted.join('&')].join('\n')))
  change?.(all)
  const response = await fetch(`${api.url}${url}?${all}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(text !== undefined && { body: sentBody ?? text }),
  })
  const answer = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, text: answer, body: isJson ? JSON.parse(answer) : undefined }
}

const trigger = (channel: string, name = 'an-event', data: unknown = {}, more: Sending = {}) =>
  pusher('POST', '/events', {
    ...more,
    body: { name, channels: [channel], data: JSON.stringify(data) },
  })

const subscribe = (
  actor: Actor,
  channel: string,
  body: object = {},
  key: string = PUSHER_APP.key,
) => actor.call('POST', `/v1/pusher/${key}/channels/${encodeURIComponent(channel)}/subscribe`, body)

const socketIdOf = async (actor: Actor): Promise<string> =>
  (await actor.get('/v1/pusher/socket-id')).body.socketId

/** What the site answers to its page. */
const letIn = (socketId: string, channel: string, channelData?: string, app = PUSHER_APP) => ({
  socketId,
  auth: `${app.key}:${hmac(app.secret, [socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(':'))}`,
  ...(channelData !== undefined && { channelData }),
})

const eventsOf = async (actor: Actor, roomId: string): Promise<Event[]> =>
  (await actor.get(`/v1/rooms/${roomId}/events`)).body.data

const saidIn = async (actor: Actor, roomId: string): Promise<[number, unknown][]> =>
  (await eventsOf(actor, roomId)).flatMap((event) =>
    event.type === 'message:created' ? [[event.seq, event.data.payload] as [number, unknown]] : [],
  )

describe('a trigger', () => {
  test('is a numbered event of the channel’s room, from the system', async () => {
    const subscribed = await subscribe(ada, 'orders')
    expect(subscribed.status).toBe(200)
    const { roomId, head } = subscribed.body
    const answer = await trigger('orders', 'paid', { id: 7, list: [1, 'zwei'] })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ channels: { orders: { room_id: roomId, seq: head + 1 } } })
    const event = (await eventsOf(ada, roomId)).at(-1)
    expect(event).toMatchObject({
      seq: head + 1,
      type: 'message:created',
      actor: { id: 'system', kind: 'system' },
      data: {
        type: 'pusher',
        payload: { event: 'paid', data: { id: 7, list: [1, 'zwei'] } },
        silent: true,
      },
    })
    const { room } = (await ada.get(`/v1/rooms/${roomId}`)).body
    expect(room).toMatchObject({ name: 'orders', visibility: 'private', memberCount: 1 })
    expect(room.settings).toMatchObject({ history: 'since-join', retentionDays: 7 })
  })

  test('of text that is no JSON is told as text, and the sender’s socket is named', async () => {
    const { roomId } = (await subscribe(ada, 'texts')).body
    const data = 'not { JSON'
    const body = { name: 'e', channel: 'texts', data, socket_id: '12.34' }
    expect((await pusher('POST', '/events', { body })).status).toBe(200)
    expect((await saidIn(ada, roomId)).at(-1)?.[1]).toEqual({ event: 'e', data, socketId: '12.34' })
  })

  test('goes to a hundred channels, and to no more', async () => {
    const channels = Array.from({ length: 101 }, (_, n) => `many-${n}`)
    const of = (count: number) => ({ name: 'e', data: '{}', channels: channels.slice(0, count) })
    const answer = await pusher('POST', '/events', { body: of(100) })
    expect(Object.keys(answer.body.channels)).toHaveLength(100)
    expect((await pusher('POST', '/events', { body: of(101) })).status).toBe(400)
  }, 30_000)

  test('is done once for an Idempotency-Key, however often it is sent', async () => {
    const { roomId } = (await subscribe(ada, 'once')).body
    const headers = { 'idempotency-key': 'order-7' }
    const first = await trigger('once', 'paid', { id: 7 }, { headers })
    expect((await trigger('once', 'paid', { id: 7 }, { headers })).body).toEqual(first.body)
    const other = await trigger('once', 'paid', { id: 8 }, { headers })
    expect(other.status).toBe(409)
    expect(await saidIn(ada, roomId)).toHaveLength(1)
  })

  test('of a batch keeps its order, and the limit of ten', async () => {
    const { roomId } = (await subscribe(ada, 'batched')).body
    const events = Array.from({ length: 10 }, (_, n) => ({
      channel: n % 2 === 0 ? 'batched' : 'batched-2',
      name: 'tick',
      data: String(n),
    }))
    const answer = await pusher('POST', '/batch_events', { body: { batch: events } })
    expect(answer.status).toBe(200)
    const told = await saidIn(ada, roomId)
    expect(told.map(([, payload]) => payload)).toEqual(
      [0, 2, 4, 6, 8].map((data) => ({ event: 'tick', data })),
    )
    const seqs = answer.body.batch.map(({ seq }: { seq: number }) => seq)
    expect(seqs.filter((_: unknown, n: number) => n % 2 === 0)).toEqual(told.map(([seq]) => seq))
    const eleven = { batch: [...events, events[0]] }
    expect((await pusher('POST', '/batch_events', { body: eleven })).status).toBe(400)
  })

  test.each([
    ['data of 10 KB', { name: 'e', channel: 'big', data: 'x'.repeat(10_240) }, 200],
    ['data that is longer', { name: 'e', channel: 'big', data: 'x'.repeat(10_241) }, 413],
    ['bytes and not characters', { name: 'e', channel: 'big', data: 'ä'.repeat(5_121) }, 413],
    ['quotes, which double', { name: 'e', channel: 'big', data: '"'.repeat(10_240) }, 200],
    ['a long name', { name: 'e'.repeat(201), channel: 'big', data: '' }, 400],
    ['no name', { channel: 'big', data: '' }, 400],
    ['data that is no text', { name: 'e', channel: 'big', data: {} }, 400],
    ['no channel', { name: 'e', data: '' }, 400],
    ['a channel of a bad name', { name: 'e', channel: 'a b', data: '' }, 400],
    ['a channel of a user', { name: 'e', channel: '#server-to-user-1', data: '' }, 400],
    ['a socket id that is none', { name: 'e', channel: 'big', data: '', socket_id: 'x' }, 400],
  ])('with %s', async (_what, body, status) => {
    const answer = await pusher('POST', '/events', { body })
    expect(answer.status).toBe(status)
    // Refusals are words, as libraries show them.
    if (status !== 200) expect(answer.text).toMatch(/^\S.+\n$/u)
  })
})

describe('a request is refused', () => {
  const body = { name: 'e', channels: ['guarded'], data: '{}' }
  const minutes = (count: number): number => Date.now() + count * 60_000

  test.each<[string, Sending, number]>([
    ['with another secret', { app: { ...PUSHER_APP, secret: 'no secret of ours' } }, 401],
    ['with an unknown key', { app: { ...PUSHER_APP, key: 'unknown-key' } }, 401],
    ['for another app', { appId: OTHER_APP.id }, 403],
    ['for an app that is none', { appId: '1' }, 403],
    ['eleven minutes later', { atMs: minutes(-11) }, 401],
    ['of eleven minutes from now', { atMs: minutes(11) }, 401],
    ['with another body', { sentBody: JSON.stringify({ ...body, name: 'f' }) }, 401],
    ['without a signature', { change: (query) => query.delete('auth_signature') }, 401],
    ['with a parameter more', { change: (query) => query.set('info', 'user_count') }, 401],
    ['with a parameter twice', { change: (query) => query.append('Auth_Key', 'x') }, 401],
    ['without a time', { change: (query) => query.delete('auth_timestamp') }, 401],
    ['of another version', { query: { auth_version: '2.0' } }, 401],
  ])('%s', async (_what, sending, status) => {
    expect((await pusher('POST', '/events', { body, ...sending })).status).toBe(status)
  })

  test('and has done nothing', async () => {
    expect((await pusher('GET', '/channels/guarded')).body).toEqual({ occupied: false })
  })

  test('without body_md5, though the rest is signed', async () => {
    const text = JSON.stringify(body)
    const path = `/apps/${PUSHER_APP.id}/events`
    const query = `auth_key=${PUSHER_APP.key}&auth_timestamp=${Math.floor(Date.now() / 1_000)}&auth_version=1.0`
    const signature = hmac(PUSHER_APP.secret, `POST\n${path}\n${query}`)
    const url = `${api.url}${path}?${query}&auth_signature=${signature}`
    expect((await fetch(url, { method: 'POST', body: text })).status).toBe(401)
  })

  test('by the tokens of users and by API keys', async () => {
    const path = `/apps/${PUSHER_APP.id}/channels`
    expect((await ada.get(path)).status).toBe(401)
    expect((await api.call('GET', path)).status).toBe(401)
    expect((await api.call('GET', `/apps/${PUSHER_APP.id}/nothing`)).status).toBe(404)
  })
})

describe('a subscription', () => {
  test('of a private channel needs the signature of the app, for this very sign-in', async () => {
    const channel = 'private-orders'
    const socketId = await socketIdOf(ada)
    const good = letIn(socketId, channel)
    expect((await subscribe(ada, channel)).body.code).toBe('FORBIDDEN')
    const wrong = [
      letIn(socketId, 'private-other'),
      letIn(socketId, channel, undefined, { ...PUSHER_APP, secret: 'no secret of ours' } as never),
      { ...good, socketId: await socketIdOf(ada) },
      { ...good, auth: good.auth.replace(PUSHER_APP.key, OTHER_APP.key) },
      { ...good, channelData: '{}' },
      letIn('1.1', channel),
    ]
    for (const ask of wrong) {
      expect((await subscribe(ada, channel, ask)).body.code).toBe('FORBIDDEN')
    }
    // Whoever got hold of it has another sign-in.
    expect((await subscribe(bob, channel, good)).body.code).toBe('FORBIDDEN')
    expect((await subscribe(ada, channel, good, OTHER_APP.key)).body.code).toBe('FORBIDDEN')
    // Nothing was made by asking.
    expect((await pusher('GET', `/channels/${channel}`)).body).toEqual({ occupied: false })
    const answer = await subscribe(ada, channel, good)
    expect(answer.status).toBe(200)
    expect((await subscribe(ada, channel, good)).body.roomId).toBe(answer.body.roomId)
    expect((await bob.get(`/v1/rooms/${answer.body.roomId}/events`)).body.code).toBe('NOT_FOUND')
    const join = await bob.call('PUT', `/v1/rooms/${answer.body.roomId}/members/me`)
    expect(join.body.code).toBe('NOT_FOUND')
  })

  test('of a presence channel names its user, who is told to the others', async () => {
    const channel = 'presence-lobby'
    const ask = async (actor: Actor, userId: string) => {
      const data = JSON.stringify({ user_id: userId, user_info: { name: 'x' } })
      return subscribe(actor, channel, letIn(await socketIdOf(actor), channel, data))
    }
    expect((await ask(ada, bob.id)).body.code).toBe('FORBIDDEN')
    const unsigned = letIn(await socketIdOf(ada), channel)
    expect((await subscribe(ada, channel, unsigned)).body.code).toBe('FORBIDDEN')
    const { roomId } = (await ask(ada, ada.id)).body
    expect((await ask(bob, bob.id)).status).toBe(200)
    const joined = (await eventsOf(ada, roomId)).flatMap((event) =>
      event.type === 'member:joined' ? [event.data.userId] : [],
    )
    expect(joined).toEqual([ada.id, bob.id])
    // Nobody is connected here: a user of a presence channel is one who is online.
    const path = `/channels/${channel}`
    expect((await pusher('GET', `${path}/users`)).body).toEqual({ users: [] })
    const query = { info: 'user_count,subscription_count' }
    const told = { occupied: true, user_count: 0, subscription_count: 2 }
    expect((await pusher('GET', path, { query })).body).toEqual(told)
  })

  test('shows what comes from then on, lets nobody write, and ends by leaving', async () => {
    await trigger('later', 'before')
    const { roomId, head } = (await subscribe(bob, 'later')).body
    await trigger('later', 'after')
    const events = await eventsOf(bob, roomId)
    expect(events.map(({ seq }) => seq)).toEqual([head, head + 1])
    for (const ask of [
      bob.call('POST', `/v1/rooms/${roomId}/messages`, { text: 'me too' }),
      bob.call('PUT', `/v1/rooms/${roomId}/messages/${head + 1}/reactions/x`),
      bob.call('PATCH', `/v1/rooms/${roomId}`, { name: 'mine' }),
      bob.call('DELETE', `/v1/rooms/${roomId}`),
      bob.call('PUT', `/v1/rooms/${roomId}/members/${ada.id}`),
    ]) {
      expect((await ask).body.code).toBe('FORBIDDEN')
    }
    await bob.leave(roomId)
    expect((await bob.get(`/v1/rooms/${roomId}/events`)).body.code).toBe('NOT_MEMBER')
    expect((await pusher('GET', '/channels/later')).body).toEqual({ occupied: false })
    expect((await subscribe(bob, 'later')).status).toBe(200)
  })

  test('of an app that is none, or of a channel of a bad name', async () => {
    expect((await subscribe(ada, 'news', {}, 'unknown-key')).body.code).toBe('NOT_FOUND')
    expect((await subscribe(ada, 'a b')).body.code).toBe('INVALID')
  })
})

describe('channels', () => {
  test('are listed while somebody is in them, by the beginning of their name, of one app', async () => {
    for (const channel of ['list_a', 'list_b', 'listxc']) await subscribe(ada, channel)
    await trigger('list_d')
    const app = OTHER_APP
    await subscribe(ada, 'list_e', {}, app.key)
    const list = async (query: Record<string, string>, sending: Sending = {}) =>
      (await pusher('GET', '/channels', { query, ...sending })).body?.channels
    expect(await list({ filter_by_prefix: 'list_' })).toEqual({ list_a: {}, list_b: {} })
    expect(await list({ filter_by_prefix: 'list_', info: 'subscription_count' })).toEqual({
      list_a: { subscription_count: 1 },
      list_b: { subscription_count: 1 },
    })
    expect(await list({ filter_by_prefix: 'list' }, { app })).toEqual({ list_e: {} })
    const counted = { query: { info: 'user_count' } }
    expect((await pusher('GET', '/channels', counted)).status).toBe(400)
    expect((await pusher('GET', '/channels/list_a/users')).status).toBe(400)
  })

  test('of the same name and another app are other rooms', async () => {
    const [one, other] = [
      (await subscribe(ada, 'shared')).body.roomId,
      (await subscribe(ada, 'shared', {}, OTHER_APP.key)).body.roomId,
    ]
    expect(one).not.toBe(other)
    await trigger('shared', 'e', 'of the other', { app: OTHER_APP })
    expect(await saidIn(ada, one)).toEqual([])
    expect(await saidIn(ada, other)).toHaveLength(1)
  })
})
