import type { AuthSession } from '@parley/message-schema'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Actor, startTestApi, type TestApi } from '../testing/test-api.ts'

const HOST = {
  HOST_JWT_SECRET: 'a-secret-that-the-host-shares-with-us',
  HOST_JWT_ISSUER: 'https://host.example',
}
let api: TestApi
beforeAll(async () => {
  api = await startTestApi(HOST)
})
afterAll(() => api[Symbol.asyncDispose]())

const password = 'correct horse battery'
let registered = 0
/** One person, signed in as often as is asked. */
async function signIns(count: number): Promise<Actor[]> {
  registered += 1
  const username = `person-${registered}`
  await api.call('POST', '/v1/auth/register', { body: { username, password } })
  const actors: Actor[] = []
  for (let signedIn = 0; signedIn < count; signedIn += 1) {
    const { body } = await api.call('POST', '/v1/auth/login', { body: { username, password } })
    actors.push(new Actor(api, body as AuthSession))
  }
  return actors
}
const codeOf = async (actor: Actor) => (await actor.get('/v1/me')).body.code ?? 200

describe('my profile', () => {
  test('is changed field by field', async () => {
    const [me] = await signIns(1)
    const named = await me?.call('PATCH', '/v1/me', { displayName: ' Ada King ' })
    expect(named?.body.user).toMatchObject({ displayName: 'Ada King', avatarUrl: null })
    const shown = await me?.call('PATCH', '/v1/me', { avatarUrl: 'https://x.example/a.png' })
    expect(shown?.body.user).toMatchObject({
      displayName: 'Ada King',
      avatarUrl: 'https://x.example/a.png',
    })
    expect((await me?.get('/v1/me'))?.body).toEqual(shown?.body)
    const bad = await me?.call('PATCH', '/v1/me', { avatarUrl: 'data:text/html,x' })
    expect(bad?.status).toBe(400)
  })

  test('of a host’s user is the host’s', async () => {
    const claims = { sub: 'eve', iss: HOST.HOST_JWT_ISSUER, aud: 'parley', name: 'Eve' }
    const token = jwt.sign(claims, HOST.HOST_JWT_SECRET, { expiresIn: 60 })
    const answer = await api.call('PATCH', '/v1/me', { token, body: { displayName: 'X' } })
    expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN'])
  })
})

describe('my sessions', () => {
  test('are listed, and one of them is this one', async () => {
    const [one, two] = await signIns(2)
    const { body } = (await two?.get('/v1/me/sessions')) ?? { body: {} }
    const sessions = body.data as { id: string; current: boolean }[]
    // Registering was signing in too.
    expect(sessions).toHaveLength(3)
    expect(sessions.filter(({ current }) => current)).toHaveLength(1)
    const mine = (await one?.get('/v1/me/sessions'))?.body.data as typeof sessions
    expect(mine.find(({ current }) => current)?.id).not.toBe(
      sessions.find(({ current }) => current)?.id,
    )
    expect(JSON.stringify(body)).not.toMatch(/token|hash/iu)
  })

  test('are ended one by one, and nobody else’s', async () => {
    const [one, two] = (await signIns(2)) as [Actor, Actor]
    const [other] = (await signIns(1)) as [Actor]
    const idOf = async (actor: Actor) => {
      const { data } = (await actor.get('/v1/me/sessions')).body
      return (data as { id: string; current: boolean }[]).find(({ current }) => current)?.id
    }
    const id = await idOf(two)
    expect((await other.call('DELETE', `/v1/me/sessions/${id}`)).status).toBe(404)
    expect(await codeOf(two)).toBe(200)
    expect((await one.call('DELETE', `/v1/me/sessions/${id}`)).status).toBe(204)
    expect([await codeOf(one), await codeOf(two)]).toEqual([200, 'AUTH_REVOKED'])
    expect((await one.call('DELETE', `/v1/me/sessions/${id}`)).status).toBe(404)
  })

  test('are ended all but this one', async () => {
    const [one, two, three] = (await signIns(3)) as [Actor, Actor, Actor]
    const ended = await two.call('DELETE', '/v1/me/sessions')
    expect(ended.body).toEqual({ ended: 3 })
    expect(await Promise.all([one, two, three].map(codeOf))).toEqual([
      'AUTH_REVOKED',
      200,
      'AUTH_REVOKED',
    ])
    const versions = await api.database.query<{ version: number }[]>(
      'SELECT version FROM user_head WHERE user_id = ?',
      [two.id],
    )
    expect(versions[0]?.version).toBeGreaterThan(0)
    expect((await two.call('DELETE', '/v1/me/sessions')).body).toEqual({ ended: 0 })
  })
})

describe('my blocks', () => {
  test('are put, listed and taken back, again without harm', async () => {
    const ada = await api.guest('Ada')
    const others = await Promise.all(['B', 'C', 'D'].map(api.guest))
    for (const { id } of [...others, others[0]!]) {
      expect((await ada.call('PUT', `/v1/me/blocks/${id}`)).status).toBe(204)
    }
    const first = await ada.get('/v1/me/blocks?limit=2')
    const ids = others.map(({ id }) => id).toSorted()
    const idsIn = (answer: { body: { data: { user: { id: string } }[] } }) =>
      answer.body.data.map(({ user }) => user.id)
    expect(idsIn(first)).toEqual(ids.slice(0, 2))
    expect(first.body.page.hasMoreAfter).toBe(true)
    const rest = await ada.get(`/v1/me/blocks?limit=2&after=${first.body.page.after}`)
    expect(idsIn(rest)).toEqual(ids.slice(2))
    expect((await others[0]!.get('/v1/me/blocks')).body.data).toEqual([])
    for (const { id } of [...others, others[0]!]) {
      expect((await ada.call('DELETE', `/v1/me/blocks/${id}`)).status).toBe(204)
    }
    expect((await ada.get('/v1/me/blocks')).body.data).toEqual([])
  })

  test('are of others who are there', async () => {
    const ada = await api.guest('Ada')
    expect((await ada.call('PUT', `/v1/me/blocks/${ada.id}`)).status).toBe(400)
    expect((await ada.call('PUT', '/v1/me/blocks/nobody')).status).toBe(404)
  })
})

describe('what every route has', () => {
  test('tokens are not to be stored by anybody on the way', async () => {
    const answer = await api.call('POST', '/v1/auth/guest')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const body = { username: 'nobody', password: 'wrong password' }
    const refused = await api.call('POST', '/v1/auth/login', { body })
    expect(refused.headers.get('cache-control')).toBe('no-store')
  })

  test('a path that is asked by another method says which it takes', async () => {
    const ada = await api.guest('Ada')
    const answer = await ada.call('PUT', '/v1/me')
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND'])
    expect(answer.headers.get('allow')).toBe('GET, HEAD, PATCH')
    expect(answer.body.message).toContain('GET, HEAD, PATCH')
    expect((await ada.call('PUT', '/v1/nothing')).headers.get('allow')).toBeNull()
  })
})
