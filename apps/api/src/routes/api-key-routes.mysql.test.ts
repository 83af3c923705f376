import { KEY_SCOPE_NAMES, ROUTES, type ApiKey, type RouteSpec } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
beforeAll(async () => {
  api = await startTestApi()
  ada = await api.guest('Ada')
})
afterAll(() => api[Symbol.asyncDispose]())

const call = (token: string, method: string, path: string, body?: unknown) =>
  api.call(method, path, { token, ...(body !== undefined && { body }) })

async function makeKey(
  scopes: readonly string[],
  more: object = {},
  token = ROOT_API_KEY,
): Promise<{ apiKey: ApiKey; token: string }> {
  const answer = await call(token, 'POST', '/v1/api-keys', { name: 'A key', scopes, ...more })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body as { apiKey: ApiKey; token: string }
}

const codeOf = async (token: string, method = 'GET', path = '/v1/api-keys') => {
  const { status, body } = await call(token, method, path)
  return status < 400 ? status : body.code
}

describe('a key', () => {
  test('is shown once, and only a hash of it is kept', async () => {
    const made = await api.call('POST', '/v1/api-keys', {
      token: ROOT_API_KEY,
      body: { name: '  Orders ', scopes: ['keys:write', 'users:read', 'users:read'] },
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const { apiKey, token } = made.body as { apiKey: ApiKey; token: string }
    expect(token).toMatch(/^parley_[0-9a-f]{32}_[0-9a-f]{64}$/u)
    expect(token.startsWith(`${apiKey.prefix}_`)).toBe(true)
    expect(apiKey).toMatchObject({
      name: 'Orders',
      scopes: ['keys:write', 'users:read'],
      createdBy: 'root',
      revokedAt: null,
    })

    const secret = token.split('_')[2] ?? ''
    const rows = await api.database.query('SELECT * FROM api_key')
    const audit = await api.database.query('SELECT * FROM audit_entry')
    const kept = JSON.stringify([rows, audit])
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(Buffer.from(secret).toString('base64'))

    const shown = await call(token, 'GET', `/v1/api-keys/${apiKey.id}`)
    expect(shown.body.apiKey.name).toBe('Orders')
    expect(JSON.stringify(shown.body)).not.toContain(secret)
  })

  test('of the environment has all scopes', async () => {
    const { apiKey } = await makeKey(KEY_SCOPE_NAMES)
    expect(apiKey.scopes).toEqual(KEY_SCOPE_NAMES)
  })

  test('has no more than the scopes that it was given', async () => {
    const { token } = await makeKey(['users:read'])
    const answer = await call(token, 'GET', '/v1/api-keys')
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN'])
    expect(answer.body.message).toContain('keys:write')
    expect(answer.body.details).toEqual({ scope: 'keys:write' })
  })

  test('cannot make, change or rotate a key that may do more than itself', async () => {
    const strong = await makeKey(['keys:write', 'users:write'])
    const { token, apiKey } = await makeKey(['keys:write'])
    const make = await call(token, 'POST', '/v1/api-keys', {
      name: 'More',
      scopes: ['keys:write', 'users:write'],
    })
    expect([make.status, make.body.details]).toEqual([403, { scope: 'users:write' }])
    const grow = await call(token, 'PATCH', `/v1/api-keys/${apiKey.id}`, {
      scopes: ['keys:write', 'users:write'],
    })
    expect(grow.status).toBe(403)
    const path = `/v1/api-keys/${strong.apiKey.id}`
    expect((await call(token, 'POST', `${path}/rotate`)).status).toBe(403)
    expect((await call(token, 'PATCH', path, { name: 'Mine' })).status).toBe(403)
    // But it may end it: a leaked key must not wait for somebody with more rights.
    expect((await call(token, 'DELETE', path)).status).toBe(204)
  })

  test('is good no more once it is revoked', async () => {
    const { token, apiKey } = await makeKey(['keys:write'])
    expect(await codeOf(token)).toBe(200)
    await call(ROOT_API_KEY, 'DELETE', `/v1/api-keys/${apiKey.id}`)
    expect(await codeOf(token)).toBe('AUTH_REVOKED')
    const again = await call(ROOT_API_KEY, 'DELETE', `/v1/api-keys/${apiKey.id}`)
    expect(again.status).toBe(204)
    const changed = await call(ROOT_API_KEY, 'PATCH', `/v1/api-keys/${apiKey.id}`, { name: 'x' })
    expect(changed.body.code).toBe('GONE')
  })

  test('is good no more after its end', async () => {
    const { token, apiKey } = await makeKey(['keys:write'], { expiresAt: '2999-01-01T00:00:00Z' })
    await api.database.query('UPDATE api_key SET expires_at = ? WHERE id = ?', [
      new Date(0),
      toBytes(apiKey.id),
    ])
    expect(await codeOf(token)).toBe('AUTH_EXPIRED')
    const past = { name: 'x', scopes: ['users:read'], expiresAt: '2020-01-01T00:00:00Z' }
    expect((await call(ROOT_API_KEY, 'POST', '/v1/api-keys', past)).body.code).toBe('INVALID')
  })

  test('that is rotated is good by both secrets for the time of grace', async () => {
    const { token: first, apiKey } = await makeKey(['keys:write'])
    const rotate = async (token: string, body?: object) =>
      (await call(token, 'POST', `/v1/api-keys/${apiKey.id}/rotate`, body)).body
    const { token: second, apiKey: rotated } = await rotate(first)
    expect(Date.parse(rotated.previousValidUntil)).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    expect([await codeOf(first), await codeOf(second)]).toEqual([200, 200])
    const { token: third } = await rotate(second, { graceS: 0 })
    expect([await codeOf(first), await codeOf(second), await codeOf(third)]).toEqual([
      'AUTH_INVALID',
      'AUTH_EXPIRED',
      200,
    ])
  })

  test('says when it was used last', async () => {
    const { token, apiKey } = await makeKey(['keys:write'])
    await codeOf(token)
    const path = `/v1/api-keys/${apiKey.id}`
    await expect
      .poll(async () => (await call(ROOT_API_KEY, 'GET', path)).body.apiKey.lastUsedAt)
      .not.toBeNull()
  })

  test('has its own rate', async () => {
    const { token } = await makeKey(['keys:write'], { ratePerMinute: 2 })
    const answers = [await call(token, 'GET', '/v1/api-keys')]
    answers.push(await call(token, 'GET', '/v1/api-keys'), await call(token, 'GET', '/v1/api-keys'))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/"key"; r=1/u)
    expect(answers[2]?.body.details).toMatchObject({ bucket: 'key', limit: 2 })
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

test('keys are listed page by page', async () => {
  for (let made = 0; made < 3; made += 1) await makeKey(['users:read'])
  const seen: string[] = []
  let after = ''
  do {
    const { body } = await call(ROOT_API_KEY, 'GET', `/v1/api-keys?limit=2${after}`)
    seen.push(...(body.data as ApiKey[]).map(({ id }) => id))
    after = body.page.hasMoreAfter ? `&after=${body.page.after}` : ''
  } while (after !== '')
  expect(seen).toEqual([...new Set(seen)].toSorted())
  expect(seen.length).toBeGreaterThanOrEqual(3)
})

test('what was done with keys is in the audit log', async () => {
  const { apiKey } = await makeKey(['users:read'])
  await call(ROOT_API_KEY, 'PATCH', `/v1/api-keys/${apiKey.id}`, { name: 'Renamed' })
  await call(ROOT_API_KEY, 'DELETE', `/v1/api-keys/${apiKey.id}`)
  const rows = await api.database.query<{ action: string; actor_id: string }[]>(
    'SELECT action, actor_id FROM audit_entry WHERE target_id = ? ORDER BY id',
    [apiKey.id],
  )
  expect(rows).toEqual(
    ['key:created', 'key:changed', 'key:revoked'].map((action) => ({ action, actor_id: 'root' })),
  )
})

describe('who is not let in', () => {
  const keyRoutes = Object.entries<RouteSpec>(ROUTES).filter(([, { auth }]) => auth === 'key')
  const fill = (path: string): string => path.replaceAll(/:\w+/gu, crypto.randomUUID())

  test.each(keyRoutes)('%s is not for users, nor for keys of other scopes', async (_, spec) => {
    const others = KEY_SCOPE_NAMES.filter((scope) => scope !== spec.scope)
    const { token: other } = await makeKey(others)
    const path = fill(spec.path)
    const of = async (token?: string) => {
      const options = token === undefined ? {} : { token }
      const { status, body } = await api.call(spec.method.toUpperCase(), path, options)
      return `${status} ${body.code}`
    }
    expect(await of()).toBe('401 AUTH_REQUIRED')
    expect(await of('garbage')).toBe('401 AUTH_INVALID')
    expect(await of(ada.session.accessToken)).toBe('403 FORBIDDEN')
    expect(await of(other)).toBe('403 FORBIDDEN')
  })

  test('unknown keys are all the same, whatever is wrong with them', async () => {
    const { token, apiKey } = await makeKey(['keys:write'])
    const otherSecret = `${apiKey.prefix}_${'0'.repeat(64)}`
    const unknown = `parley_${'0'.repeat(32)}_${'0'.repeat(64)}`
    const tokens = [otherSecret, unknown, 'parley_x', `${token}0`, token.toUpperCase()]
    for (const one of tokens) expect(await codeOf(one)).toBe('AUTH_INVALID')
    // A revoked key is said to be revoked only to who knows its secret.
    await call(ROOT_API_KEY, 'DELETE', `/v1/api-keys/${apiKey.id}`)
    expect(await codeOf(otherSecret)).toBe('AUTH_INVALID')
  })

  test('the key of the environment is no more than its letters', async () => {
    expect(await codeOf(`${ROOT_API_KEY}x`)).toBe('AUTH_INVALID')
    expect(await codeOf(ROOT_API_KEY.slice(0, -1))).toBe('AUTH_INVALID')
  })
})
