import { randomUUID } from 'node:crypto'
import type { Message } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
let roomId: string
beforeAll(async () => {
  api = await startTestApi()
  ada = await api.guest('Ada')
  roomId = (await ada.createRoom({ visibility: 'private' })).id
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', path, { token: ROOT_API_KEY, body, headers })
const send = (body: object, headers?: Record<string, string>) =>
  post('/v1/server/messages', { roomId, ...body }, headers)
const sendAll = (messages: readonly object[], headers?: Record<string, string>) =>
  post(
    '/v1/server/messages/batch',
    { messages: messages.map((one) => ({ roomId, ...one })) },
    headers,
  )
const asSystem = { as: { kind: 'system' } }
const last = async (): Promise<Message | undefined> => (await ada.messages(roomId)).at(-1)

describe('one message', () => {
  test('of the system comes into any room', async () => {
    const answer = await send({ ...asSystem, text: 'The shop opens.' })
    expect(answer.status).toBe(201)
    expect(await last()).toMatchObject({
      seq: answer.body.seq,
      text: 'The shop opens.',
      sender: { id: 'system' },
    })
  })

  test('of a member is theirs, and it is written down who sent it', async () => {
    expect((await send({ as: { kind: 'user', id: ada.id }, text: 'Me' })).status).toBe(201)
    expect((await last())?.sender.id).toBe(ada.id)
    const rows = await api.database.query<{ actor_id: string }[]>(
      "SELECT actor_id FROM audit_entry WHERE action = 'user:sent-as' AND target_id = ?",
      [ada.id],
    )
    expect(rows).toEqual([{ actor_id: 'root' }])
  })

  test('of a bot needs a member too; the bot is made when it is first named', async () => {
    const as = { kind: 'bot', id: 'helper', displayName: 'Helper' }
    const refused = await send({ as, text: 'Hello' })
    expect([refused.status, refused.body.code]).toEqual([403, 'NOT_MEMBER'])
    const added = await ada.call('PUT', `/v1/rooms/${roomId}/members/helper`, {})
    expect(added.status).toBe(200)
    expect((await send({ as, text: 'Hello' })).status).toBe(201)
    expect((await last())?.sender).toMatchObject({ id: 'helper', displayName: 'Helper' })
    expect((await ada.get('/v1/users/helper')).body.user.kind).toBe('bot')
  })

  test('of somebody who may not is refused as it would be for them', async () => {
    const bob = await api.guest('Bob')
    const codeOf = async (as: object, room = roomId) =>
      (await send({ as, roomId: room, text: 'x' })).body.code
    expect(await codeOf({ kind: 'user', id: bob.id })).toBe('NOT_MEMBER')
    expect(await codeOf({ kind: 'user', id: 'nobody' })).toBe('NOT_FOUND')
    expect(await codeOf({ kind: 'system' }, randomUUID())).toBe('NOT_FOUND')
    expect(await codeOf({ kind: 'user', id: bob.id }, randomUUID())).toBe('NOT_FOUND')
    expect(await codeOf({ kind: 'bot', id: ada.id })).toBe('CONFLICT')
    expect(await codeOf({ kind: 'admin', id: ada.id })).toBe('INVALID')
    expect(await codeOf({ kind: 'system', id: 'x' })).toBe('INVALID')
  })

  test('comes once, by its own id or by that of the request', async () => {
    const clientMsgId = randomUUID()
    const first = await send({ ...asSystem, clientMsgId, text: 'once' })
    const again = await send({ ...asSystem, clientMsgId, text: 'once' })
    expect(again.body).toMatchObject({ seq: first.body.seq, dup: true })
    const key = { 'idempotency-key': 'order-7' }
    const keyed = await send({ ...asSystem, text: 'twice?' }, key)
    expect((await send({ ...asSystem, text: 'twice?' }, key)).body).toMatchObject({
      seq: keyed.body.seq,
      dup: true,
    })
    expect((await send({ ...asSystem, text: 'other' }, key)).body.code).toBe('IDEMPOTENCY_MISMATCH')
  })
})

describe('a batch', () => {
  test('keeps the order of a room, and each message has its answer', async () => {
    const bob = await api.guest('Bob')
    const answer = await sendAll([
      { ...asSystem, text: 'one' },
      { as: { kind: 'user', id: bob.id }, text: 'not in here' },
      { as: { kind: 'user', id: ada.id }, text: 'two' },
      { ...asSystem, roomId: randomUUID(), text: 'nowhere' },
      { ...asSystem, text: 'three' },
    ])
    expect(answer.status).toBe(200)
    const results = answer.body.results as { ok: boolean; data: { seq: number }; error: object }[]
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true, false, true])
    expect(results[1]?.error).toMatchObject({ code: 'NOT_MEMBER', retryable: false })
    expect(results[3]?.error).toMatchObject({ code: 'NOT_FOUND' })
    const [one, two, three] = [0, 2, 4].map((index) => results[index]?.data.seq ?? 0)
    expect([two, three]).toEqual([(one ?? 0) + 1, (one ?? 0) + 2])
  })

  test('of a hundred is a few transactions, and is repeated without harm', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => ({ ...asSystem, text: `n${index}` }))
    const key = { 'idempotency-key': 'import-1' }
    const first = await sendAll(texts, key)
    const again = await sendAll(texts, key)
    const seqs = (answer: { body: { results: { data: { seq: number } }[] } }) =>
      answer.body.results.map(({ data }) => data.seq)
    expect(seqs(again)).toEqual(seqs(first))
    expect(new Set(seqs(first)).size).toBe(100)
    const metrics = String((await api.call('GET', '/metrics')).body)
    const transactions = Number(/parley_log_batch_commands_count\S* (\d+)/u.exec(metrics)?.[1])
    expect(transactions).toBeLessThan(60)
  })

  test('of too many, of none, or with one that is malformed is refused as a whole', async () => {
    const head = async () => (await ada.get(`/v1/rooms/${roomId}`)).body.room.head as number
    const before = await head()
    const many = Array.from({ length: 101 }, () => ({ ...asSystem, text: 'x' }))
    expect((await sendAll(many)).body.code).toBe('INVALID')
    expect((await sendAll([])).body.code).toBe('INVALID')
    const answer = await sendAll([{ ...asSystem, text: 'x' }, asSystem])
    expect(answer.body.details[0].path).toBe('messages.1.text')
    expect(await head()).toBe(before)
  })
})

describe('acting as a user', () => {
  const act = (method: string, path: string, userId: string | null, body?: unknown) =>
    api.call(method, path, {
      token: ROOT_API_KEY,
      ...(body !== undefined && { body }),
      headers: userId === null ? {} : { 'parley-act-as': userId },
    })
  const withScopes = async (...scopes: string[]) =>
    (await post('/v1/api-keys', { name: 'k', scopes })).body.token as string

  test('does what they may do, and it is written down', async () => {
    const made = await act('POST', '/v1/rooms', ada.id, { name: 'Shop', visibility: 'private' })
    expect(made.status).toBe(201)
    const { id } = made.body.room
    expect(made.body.room.me.role).toBe('owner')
    expect((await ada.get(`/v1/rooms/${id}`)).status).toBe(200)
    const sent = await act('POST', `/v1/rooms/${id}/messages`, ada.id, { text: 'Hello' })
    expect(sent.status).toBe(201)
    const rows = await api.database.query<{ details: string; room: string | null }[]>(
      `SELECT details, LOWER(HEX(room_id)) AS room FROM audit_entry
       WHERE action = 'user:acted-as' AND target_id = ? ORDER BY id`,
      [ada.id],
    )
    expect(rows).toEqual([
      { details: '{"route":"POST /v1/rooms"}', room: null },
      { details: '{"route":"POST /v1/rooms/:id/messages"}', room: id.replaceAll('-', '') },
    ])
  })

  test('does not do what they may not do', async () => {
    const bob = await api.guest('Bob')
    expect((await act('GET', `/v1/rooms/${roomId}`, bob.id)).status).toBe(404)
    expect((await act('GET', `/v1/rooms/${roomId}`, ada.id)).status).toBe(200)
  })

  test('says clearly what is missing', async () => {
    const none = await act('GET', '/v1/rooms', null)
    expect([none.status, none.body.code]).toEqual([403, 'FORBIDDEN'])
    expect(none.body.message).toContain('Parley-Act-As')
    expect((await act('GET', '/v1/rooms', 'nobody')).body.code).toBe('NOT_FOUND')
    expect((await act('POST', '/v1/auth/logout', ada.id)).body.code).toBe('FORBIDDEN')
    const user = await ada.call('GET', '/v1/rooms', undefined, { 'parley-act-as': ada.id })
    expect(user.body.code).toBe('INVALID')
  })

  test('needs the scope that the route is of', async () => {
    const token = await withScopes('rooms:read')
    const of = async (method: string, path: string, body?: unknown) =>
      (await api.call(method, path, { token, body, headers: { 'parley-act-as': ada.id } })).status
    expect(await of('GET', `/v1/rooms/${roomId}/messages`)).toBe(200)
    expect(await of('POST', '/v1/sync', { rooms: {} })).toBe(200)
    expect(await of('POST', `/v1/rooms/${roomId}/messages`, { text: 'x' })).toBe(403)
    expect(await of('POST', '/v1/rooms', { name: 'x', visibility: 'public' })).toBe(403)
  })
})
