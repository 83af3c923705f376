import { randomUUID } from 'node:crypto'
import { PRESENCE_HASHES } from '@parley/message-schema'
import { LeasedHash, livingOwners } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORGOTTEN_WITH_USER, KEPT_OF_USER } from '../db/users/user-tables.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

const HOST = {
  HOST_JWT_SECRET: 'a-secret-that-the-host-shares-with-us',
  HOST_JWT_ISSUER: 'https://host.example',
}
let api: TestApi
let worker: TestWorker
let ada: Actor
beforeAll(async () => {
  api = await startTestApi(HOST)
  worker = await startTestWorker(api.databaseUrl)
  ada = await api.guest('Ada')
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const call = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: ROOT_API_KEY, ...(body !== undefined && { body }) })
const hostToken = (sub: string, claims: object = {}): string =>
  jwt.sign(
    { sub, iss: HOST.HOST_JWT_ISSUER, aud: 'parley', name: `Host ${sub}`, ...claims },
    HOST.HOST_JWT_SECRET,
    { expiresIn: 3_600 },
  )
const getMe = async (token: string) => {
  const { status, body } = await api.call('GET', '/v1/me', { token })
  return status === 200 ? body.user : body.code
}

describe('a user', () => {
  test('is created, changed and left alone', async () => {
    const path = '/v1/users/customer-7'
    const made = await call('PUT', path, { displayName: 'Grace', avatarUrl: 'https://x.example/g' })
    expect(made.body).toMatchObject({
      created: true,
      user: { id: 'customer-7', kind: 'host', displayName: 'Grace', username: null },
    })
    const renamed = await call('PUT', path, { displayName: 'Grace H.' })
    expect(renamed.body).toMatchObject({
      created: false,
      user: { displayName: 'Grace H.', avatarUrl: 'https://x.example/g' },
    })
    const bare = await call('PUT', path, { displayName: 'Grace H.', avatarUrl: null })
    expect(bare.body.user.avatarUrl).toBeNull()
    // Nothing new: nothing is written.
    await call('PUT', path, { displayName: 'Grace H.' })
    const audit = await api.database.query<{ action: string }[]>(
      "SELECT action FROM audit_entry WHERE target_id = 'customer-7' ORDER BY id",
    )
    expect(audit.map(({ action }) => action)).toEqual([
      'user:created',
      'user:changed',
      'user:changed',
    ])
  })

  test('of one kind stays of it', async () => {
    expect((await call('PUT', '/v1/users/robot', { displayName: 'R', kind: 'bot' })).status).toBe(
      200,
    )
    const other = await call('PUT', '/v1/users/robot', { displayName: 'R', kind: 'host' })
    expect([other.status, other.body.code]).toEqual([409, 'CONFLICT'])
    expect((await call('PUT', '/v1/users/robot', { displayName: 'R2' })).body.user.kind).toBe('bot')
    const account = await call('PUT', `/v1/users/${ada.id}`, { displayName: 'Ada L.' })
    expect(account.body.user).toMatchObject({ kind: 'guest', displayName: 'Ada L.' })
  })

  test('called as the system is nobody, by whatever way', async () => {
    expect((await call('PUT', '/v1/users/system', { displayName: 'x' })).body.code).toBe('CONFLICT')
    expect(await getMe(hostToken('system'))).toBe('AUTH_INVALID')
    expect(await getMe(hostToken('me'))).toBe('AUTH_INVALID')
  })

  test.each([
    ['a blank name', { displayName: '  ' }],
    ['no name', {}],
    ['a script for a picture', { displayName: 'x', avatarUrl: 'javascript:alert(1)' }],
    ['an unknown field', { displayName: 'x', admin: true }],
  ])('with %s is refused', async (_, body) => {
    expect((await call('PUT', '/v1/users/bad', body)).status).toBe(400)
  })

  test('of five hundred at once each has its answer', async () => {
    await call('PUT', '/v1/users/batch-bot', { displayName: 'B', kind: 'bot' })
    const users = Array.from({ length: 499 }, (_, index) => ({
      id: `batch-${index}`,
      displayName: `Number ${index}`,
    }))
    const body = { users: [...users, { id: 'batch-bot', displayName: 'x', kind: 'host' }] }
    const answer = await call('POST', '/v1/users/batch', body)
    expect(answer.status).toBe(200)
    expect(answer.body.results).toHaveLength(500)
    expect(answer.body.results[498].data.user.displayName).toBe('Number 498')
    expect(answer.body.results[499].error.code).toBe('CONFLICT')
    const tooMany = [...users, ...users].map(({ displayName }) => ({
      id: randomUUID(),
      displayName,
    }))
    expect((await call('POST', '/v1/users/batch', { users: tooMany })).status).toBe(400)
  })
})

describe('signing out everywhere', () => {
  test('ends sessions of ours at once', async () => {
    const bob = await api.guest('Bob')
    expect((await bob.get('/v1/me')).status).toBe(200)
    const answer = await call('POST', `/v1/users/${bob.id}/revoke-tokens`)
    expect(answer.body).toMatchObject({ sessionsEnded: 1 })
    expect((await bob.get('/v1/me')).body.code).toBe('AUTH_REVOKED')
    const refresh = { refreshToken: bob.session.refreshToken }
    expect((await api.call('POST', '/v1/auth/refresh', { body: refresh })).status).toBe(401)
    expect((await call('POST', '/v1/users/nobody/revoke-tokens')).status).toBe(404)
  })

  test('ends tokens that the host signed before, and not those that it signs after', async () => {
    const now = Math.floor(Date.now() / 1_000)
    const old = hostToken('eve', { iat: now - 10 })
    expect(await getMe(old)).toMatchObject({ displayName: 'Host eve' })
    await call('POST', '/v1/users/eve/revoke-tokens')
    expect(await getMe(old)).toBe('AUTH_REVOKED')
    expect(
      await getMe(
        jwt.sign({ sub: 'eve', iss: HOST.HOST_JWT_ISSUER, aud: 'parley' }, HOST.HOST_JWT_SECRET, {
          expiresIn: 60,
          noTimestamp: true,
        }),
      ),
    ).toBe('AUTH_REVOKED')
    const later = Math.floor(Date.now() / 1_000) + 2
    expect(await getMe(hostToken('eve', { iat: later }))).toMatchObject({ id: 'eve' })
    // Gateways are told the moment, and that there is something new to know.
    const states = await fetch(`${api.url}/internal/users`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer internal-token-of-a-test',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ users: [{ id: 'eve' }] }),
    })
    const { users } = (await states.json()) as {
      users: Record<string, { version: number; tokensValidAfterMs: number }>
    }
    expect(users['eve']?.version).toBeGreaterThan(0)
    expect(users['eve']?.tokensValidAfterMs).toBeGreaterThan((now - 10) * 1_000)
  })
})

interface Line {
  readonly type: string
  readonly [field: string]: unknown
}

async function exportOf(id: string): Promise<Line[]> {
  const answer = await call('GET', `/v1/users/${id}/export`)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson')
  const lines = String(answer.body).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}

async function writer(): Promise<{ user: Actor; rooms: string[]; seqs: number[] }> {
  const user = await api.guest('Writer')
  const rooms = [(await ada.createRoom()).id, (await ada.createRoom({ visibility: 'private' })).id]
  const seqs: number[] = []
  for (const room of rooms) {
    await ada.join(room, user.id)
    seqs.push(await user.send(room, 'first words'), await user.send(room, 'second words'))
  }
  await user.call('PUT', `/v1/me/blocks/${ada.id}`)
  return { user, rooms, seqs }
}

describe('an export', () => {
  test('has all that is kept of a user, and no secret', async () => {
    const { user, rooms, seqs } = await writer()
    const [room = ''] = rooms
    const [seq = 0] = seqs
    await user.call('PATCH', `/v1/rooms/${room}/messages/${seq}`, { text: 'better words' })
    const said = await ada.send(room, 'rude words')
    await user.call('POST', '/v1/reports', {
      roomId: room,
      seq: said,
      reason: 'abuse',
      note: 'not nice',
    })
    const lines = await exportOf(user.id)
    const of = (type: string) => lines.filter((line) => line.type === type)
    expect(of('user')).toEqual([expect.objectContaining({ id: user.id, displayName: 'Writer' })])
    expect(of('membership').map(({ roomId }) => roomId)).toEqual(rooms.toSorted())
    expect(of('message')).toHaveLength(4)
    expect(of('message')).toContainEqual(
      expect.objectContaining({ roomId: room, seq, body: { type: 'text', text: 'better words' } }),
    )
    expect(of('edit')).toEqual([
      expect.objectContaining({
        roomId: room,
        ref: seq,
        body: { version: 1, text: 'better words' },
      }),
    ])
    expect(of('report')).toEqual([
      expect.objectContaining({ roomId: room, seq: said, reason: 'abuse', note: 'not nice' }),
    ])
    expect(of('block')).toEqual([expect.objectContaining({ userId: ada.id })])
    expect(of('session')).toHaveLength(1)
    expect(lines.at(-1)).toEqual({ type: 'end' })
    const [, secret = ''] = user.session.refreshToken.split('.')
    expect(JSON.stringify(lines)).not.toContain(secret)
    expect(JSON.stringify(lines)).not.toContain('token_hash')
  })

  test('of more than is read at once is whole', async () => {
    const user = await api.guest('Busy')
    const { id: room } = await user.createRoom()
    const messages = Array.from({ length: 100 }, (_, index) => ({
      roomId: room,
      as: { kind: 'user', id: user.id },
      text: `number ${index}`,
    }))
    for (let batch = 0; batch < 11; batch += 1) {
      await call('POST', '/v1/server/messages/batch', { messages })
    }
    const seqs = (await exportOf(user.id)).flatMap(({ type, seq }) =>
      type === 'message' ? [seq] : [],
    )
    expect(seqs).toHaveLength(1_100)
    expect(new Set(seqs).size).toBe(1_100)
  })

  test('of nobody is not there', async () => {
    expect((await call('GET', '/v1/users/nobody/export')).status).toBe(404)
  })
})

describe('an erasure', () => {
  test('leaves nothing of who they were and what they wrote, but that it was there', async () => {
    const { user, rooms, seqs } = await writer()
    const seq = await ada.send(rooms[0]!, 'by Ada')
    const draft = { roomId: rooms[0], seq, reason: 'spam', note: 'a note of theirs' }
    await user.call('POST', '/v1/reports', draft, { 'idempotency-key': 'of-the-writer' })
    const keptOf = async () => {
      const [kept] = await api.database.query<{ answers: bigint; notes: bigint }[]>(
        `SELECT (SELECT COUNT(*) FROM request_claim WHERE principal = ?) AS answers,
           (SELECT COUNT(*) FROM report WHERE reporter_id = ? AND note IS NOT NULL) AS notes`,
        [`user:${user.id}`, user.id],
      )
      return kept
    }
    expect(await keptOf()).toEqual({ answers: 1, notes: 1 })
    const asked = await call('DELETE', `/v1/users/${user.id}`)
    expect(asked.status).toBe(202)
    expect(asked.body.erasure).toMatchObject({ userId: user.id })
    // At once: the name and the way in.
    const shown = await ada.get(`/v1/users/${user.id}`)
    expect(shown.body.user).toMatchObject({ displayName: 'Deleted user', avatarUrl: null })
    expect((await user.get('/v1/me')).body.code).toBe('AUTH_REVOKED')

    const path = `/v1/users/${user.id}/erasure`
    await expect
      .poll(async () => (await call('GET', path)).body.erasure.state, { timeout: 20_000 })
      .toBe('finished')
    expect((await call('GET', path)).body.erasure.roomsDone).toBe(2)
    for (const room of rooms) {
      const messages = await ada.messages(room)
      const theirs = messages.filter(({ sender }) => sender.id === user.id)
      expect(theirs.map(({ seq }) => seq)).toEqual(seqs.splice(0, 2))
      for (const message of theirs) {
        expect(message).toMatchObject({ text: null, deletedAt: expect.any(String) })
      }
      const members = await ada.get(`/v1/rooms/${room}/members`)
      expect(members.body.data.map((one: { userId: string }) => one.userId)).toEqual([ada.id])
    }
    const left = await api.database.query<{ data: string }[]>(
      'SELECT data FROM room_event WHERE actor_id = ?',
      [user.id],
    )
    expect(JSON.stringify(left)).not.toContain('words')
    const blocks = await api.database.query('SELECT * FROM user_block WHERE user_id = ?', [user.id])
    expect(blocks).toHaveLength(0)
    expect(await keptOf()).toEqual({ answers: 0, notes: 0 })
  })

  test('asked for again is the same one, and is for ever', async () => {
    await call('PUT', '/v1/users/gone', { displayName: 'Gone' })
    const first = await call('DELETE', '/v1/users/gone')
    const again = await call('DELETE', '/v1/users/gone')
    expect(again.status).toBe(202)
    expect(again.body.erasure.askedAt).toBe(first.body.erasure.askedAt)
    expect((await call('PUT', '/v1/users/gone', { displayName: 'Back' })).body.code).toBe('GONE')
    const later = hostToken('gone', { iat: Math.floor(Date.now() / 1_000) + 3 })
    expect(await getMe(later)).toBe('AUTH_REVOKED')
    expect((await ada.get('/v1/users/gone')).body.user.displayName).toBe('Deleted user')
    // Nobody finds them, and nobody brings them back into a room.
    const found = await ada.get('/v1/users?q=Deleted')
    expect(found.body.data).toEqual([])
    const { id: room } = await ada.createRoom()
    expect((await ada.call('PUT', `/v1/rooms/${room}/members/gone`, {})).status).toBe(404)
    expect((await call('DELETE', '/v1/users/nobody')).status).toBe(404)
    expect((await call('GET', '/v1/users/nobody/erasure')).status).toBe(404)
  })
})

test('every table that names a user has its place in an erasure', async () => {
  const rows = await api.database.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND column_name = 'user_id' ORDER BY table_name`,
  )
  const decided = [...FORGOTTEN_WITH_USER, ...Object.keys(KEPT_OF_USER)]
  expect(decided.toSorted()).toEqual(rows.map(({ name }) => name).toSorted())
})

describe('what an operator reads', () => {
  test('statistics, with the gateways that are there', async () => {
    const redis = new Redis(redisUrl())
    const gatewayOf = (owner: string) =>
      new LeasedHash({ redis, prefix: PRESENCE_HASHES, owner, leaseMs: 60_000 })
    const name = randomUUID()
    const [one, two, gone] = [`b-${name}`, `a-${name}`, `c-${name}`]
    for (const owner of [one, two, gone]) {
      await gatewayOf(owner).replace(new Map(), Date.now())
    }
    await gatewayOf(gone).leave(1)
    await eventually(async () =>
      expect(await livingOwners(redis, PRESENCE_HASHES)).not.toContain(gone),
    )
    const { body } = await call('GET', '/v1/admin/stats')
    // Those of other tests are in this Redis, too.
    const gateways = (body.stats.gateways as string[]).filter((owner) => owner.endsWith(name))
    expect(gateways).toEqual([two, one])
    for (const owner of [one, two]) await gatewayOf(owner).leave(1)
    redis.disconnect()
    expect(body.stats).toMatchObject({
      rooms: expect.any(Number),
      users: expect.any(Number),
      messages: expect.any(Number),
    })
    expect(body.stats.users).toBeGreaterThan(1)
  })

  test('without Redis nobody knows which gateways are there', async () => {
    await using alone = await startTestApi({ REDIS_URL: 'redis://127.0.0.1:1' })
    const { body } = await alone.call('GET', '/v1/admin/stats', { token: ROOT_API_KEY })
    expect(body.stats).toMatchObject({ rooms: 0, gateways: null })
  })

  test('the audit log, page by page, in one order', async () => {
    const seen: string[] = []
    let path = '/v1/audit-log?limit=3'
    for (;;) {
      const { body } = await call('GET', path)
      seen.unshift(...body.data.map(({ id }: { id: string }) => id))
      if (!body.page.hasMoreBefore) break
      path = `/v1/audit-log?limit=3&before=${body.page.before}`
    }
    expect(seen).toEqual([...new Set(seen)].toSorted())
    const forward = await call('GET', `/v1/audit-log?limit=2&after=${seen[0]}`)
    expect(forward.body.data.map(({ id }: { id: string }) => id)).toEqual(seen.slice(1, 3))
    const ofRoom = await call('GET', `/v1/audit-log?roomId=${randomUUID()}`)
    expect(ofRoom.body.data).toEqual([])
  })
})
