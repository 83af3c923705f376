import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
beforeAll(async () => {
  api = await startTestApi()
  ada = await api.guest('Ada')
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (path: string, body: unknown, key: string, token = ROOT_API_KEY) =>
  api.call('POST', path, { token, body, headers: { 'idempotency-key': key } })
const words = (...list: string[]) => ({ words: list.map((word) => ({ word })) })
const put = (body: object, key: string) => post('/v1/moderation/words', body, key)
const addUser = (id: string) =>
  api.call('PUT', `/v1/users/${id}`, { token: ROOT_API_KEY, body: { displayName: id } })
const isReplay = (answer: { headers: Headers }) => answer.headers.get('idempotency-replayed')

/** As if the server that had it were in the middle of it, or had died there. */
const claim = (key: string, leaseS: number, principal = 'key:root') =>
  api.database.query(
    `UPDATE request_claim SET status = NULL, body = NULL,
       lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
     WHERE principal = ? AND idempotency_key = ?`,
    [leaseS, principal, key],
  )

describe('a request with a key', () => {
  test('is done once, and a repeat is answered the same', async () => {
    const first = await put(words('one'), 'k-1')
    expect([first.status, isReplay(first)]).toEqual([201, null])
    const again = await put(words('one'), 'k-1')
    expect([again.status, isReplay(again)]).toEqual([201, 'true'])
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
  })

  test('is not another request with the same key', async () => {
    await put(words('two'), 'k-2')
    const other = await put(words('three'), 'k-2')
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH'])
    const otherPath = await post('/v1/users/two/revoke-tokens', undefined, 'k-2')
    expect(otherPath.body.code).toBe('IDEMPOTENCY_MISMATCH')
  })

  test('is of one caller: keys of others are other keys', async () => {
    const bob = await api.guest('Bob')
    const room = await ada.createRoom()
    await bob.join(room.id)
    const seq = await ada.send(room.id, 'hello')
    const eve = await api.guest('Eve')
    await eve.join(room.id)
    const report = (actor: Actor) =>
      actor.call(
        'POST',
        '/v1/reports',
        { roomId: room.id, seq, reason: 'spam' },
        { 'idempotency-key': 'k-3' },
      )
    const [one, other] = [await report(bob), await report(eve)]
    expect([one.status, other.status]).toEqual([201, 201])
    expect([isReplay(one), isReplay(other)]).toEqual([null, null])
    expect(isReplay(await report(bob))).toBe('true')
  })

  test('whose answer is for now is answered anew, with the rights of now, and kept nowhere', async () => {
    const bob = await api.guest('Bob')
    const { id } = await ada.createRoom({ visibility: 'private' })
    await ada.join(id, bob.id)
    await ada.send(id, 'for members only')
    const sync = () =>
      bob.call('POST', '/v1/sync', { rooms: { [id]: 0 } }, { 'idempotency-key': 'k-live' })
    expect(JSON.stringify((await sync()).body)).toContain('for members only')
    await ada.leave(id, bob.id)
    const again = await sync()
    expect([again.status, isReplay(again)]).toEqual([200, 'true'])
    expect(again.body.rooms[id]).toMatchObject({ reset: true, reason: 'not-member' })
    const rows = await api.database.query<{ body: string | null }[]>(
      "SELECT body FROM request_claim WHERE idempotency_key = 'k-live'",
    )
    expect(rows).toEqual([{ body: null }])
    const other = await bob.call('POST', '/v1/sync', {}, { 'idempotency-key': 'k-live' })
    expect(other.body.code).toBe('IDEMPOTENCY_MISMATCH')
  })

  test('that was refused stays refused', async () => {
    const first = await post('/v1/users/late/revoke-tokens', undefined, 'k-4')
    expect(first.status).toBe(404)
    await addUser('late')
    const again = await post('/v1/users/late/revoke-tokens', undefined, 'k-4')
    expect([again.status, again.body.code, isReplay(again)]).toEqual([404, 'NOT_FOUND', 'true'])
    expect(again.headers.get('content-type')).toContain('application/problem+json')
    expect(await post('/v1/users/late/revoke-tokens', undefined, 'k-6')).toMatchObject({
      status: 200,
    })
  })

  test('that was malformed was never begun: the same key may be used for what is right', async () => {
    expect((await put({ words: [] }, 'k-7')).status).toBe(400)
    expect((await put(words('seven'), 'k-7')).status).toBe(201)
  })

  test('twenty times at once is done once', async () => {
    const word = randomUUID()
    const answers = await Promise.all(Array.from({ length: 20 }, () => put(words(word), 'k-8')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(answers.filter((answer) => isReplay(answer) === null)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })
})

describe('a request whose server', () => {
  test('is at it is not begun again', async () => {
    await put(words('nine'), 'k-9')
    await claim('k-9', 60)
    const again = await put(words('nine'), 'k-9')
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT'])
    expect(again.body.retryAfterMs).toBeGreaterThan(0)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('has died is begun again when its lease has ended', async () => {
    await put(words('ten'), 'k-10')
    await claim('k-10', -1)
    const again = await put(words('ten'), 'k-10')
    // It is there since the first time, and nothing was replayed.
    expect([again.status, again.body.code, isReplay(again)]).toEqual([409, 'CONFLICT', null])
  })
})

test('an answer with a secret is kept nowhere: a repeat does nothing and is told so', async () => {
  const make = () => post('/v1/api-keys', { name: 'k', scopes: ['users:read'] }, 'k-11')
  const first = await make()
  expect(first.status).toBe(201)
  const again = await make()
  expect([again.status, again.body.code]).toEqual([409, 'CONFLICT'])
  expect(again.body.details).toEqual({ status: 201 })
  const rows = await api.database.query<{ body: string | null }[]>(
    "SELECT body FROM request_claim WHERE idempotency_key = 'k-11'",
  )
  expect(rows).toEqual([{ body: null }])
  const { body } = await api.call('GET', '/v1/api-keys', { token: ROOT_API_KEY })
  expect(body.data).toHaveLength(1)
})

test('a key must be one that can be kept', async () => {
  for (const key of ['', ' ', 'x'.repeat(129)]) {
    const answer = await put(words(`x${key.length}`), key)
    expect([201, 400]).toContain(answer.status)
    if (key.length > 128) expect(answer.body.code).toBe('INVALID')
  }
})
