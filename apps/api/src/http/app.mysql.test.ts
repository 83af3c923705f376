import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
beforeAll(async () => {
  api = await startTestApi({ ALLOWED_ORIGINS: 'https://app.example' })
  ada = await api.guest('Ada')
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (body: string, headers: Record<string, string> = {}) =>
  api.call('POST', '/v1/rooms', { token: ada.session.accessToken, body, headers })

describe('bodies', () => {
  test.each(['{"name":', '"a string"', '[', 'null,'])(
    '%s is refused as malformed',
    async (body) => {
      const answer = await post(body)
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID'])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'))
    },
  )

  test.each(['null', '[]', '1', '{}', '{"name":5,"visibility":"public"}'])(
    '%s is JSON, and not what is asked for',
    async (body) => {
      expect((await post(body)).status).toBe(400)
    },
  )

  test('a prototype in a body changes nothing', async () => {
    const room = '{"name":"x","visibility":"public","__proto__":{"polluted":1}}'
    const created = await post(room)
    expect([201, 400]).toContain(created.status)
    const { id } = await ada.createRoom()
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const sent = await api.call('POST', `/v1/rooms/${id}/messages`, {
        token: ada.session.accessToken,
        body: `{"payload":{"${key}":{"polluted":1},"a":1}}`,
      })
      expect([201, 400]).toContain(sent.status)
      const synced = await api.call('POST', '/v1/sync', {
        token: ada.session.accessToken,
        body: `{"rooms":{"${key}":1}}`,
      })
      expect([200, 400]).toContain(synced.status)
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(
      (await ada.messages(id)).every((message) => !('polluted' in (message.payload ?? {}))),
    ).toBe(true)
  })

  test('ten megabytes are too large', async () => {
    const answer = await post(`{"name":"${'x'.repeat(10_000_000)}"}`)
    expect([answer.status, answer.body.code]).toEqual([413, 'TOO_LARGE'])
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test('unknown fields, and bodies where none belongs, are refused', async () => {
    expect((await post('{"name":"x","visibility":"public","isAdmin":true}')).status).toBe(400)
    expect((await ada.call('POST', '/v1/auth/logout', { all: true })).status).toBe(400)
    expect((await ada.get('/v1/rooms?scope=mine&scope=public')).status).toBe(400)
    expect((await ada.get('/v1/rooms/not-a-uuid')).status).toBe(400)
    expect((await ada.get('/v1/users/%E0%A4%A')).status).toBe(400)
  })

  test('what is not JSON is not read', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const { status, body } = await post('name=x', { 'content-type': type })
      expect([status, body.message]).toEqual([
        400,
        'Send the body as Content-Type: application/json.',
      ])
    }
    const none = await ada.call('POST', '/v1/rooms')
    expect(none.body).toMatchObject({ details: [{ path: 'body', problem: 'is required' }] })
  })

  test('a yes or no is spelled in two ways, and each list has its page', async () => {
    for (const [yes, no] of [
      ['true', 'false'],
      ['1', '0'],
    ]) {
      const answer = await ada.get(`/v1/rooms?unread=${yes}&archived=${no}`)
      expect(answer.status).toBe(200)
    }
    const bad = await ada.get('/v1/rooms?unread=yes')
    expect(bad.body.details).toEqual([
      { path: 'unread', problem: 'must be one of true, false, 1, 0' },
    ])
    const { id } = await ada.createRoom()
    for (const path of ['/v1/me/sessions', `/v1/rooms/${id}/pins`, `/v1/rooms/${id}/receipts`]) {
      expect((await ada.get(path)).body.page, path).toMatchObject({ hasMoreAfter: false })
    }
    const all = await ada.get('/v1/rooms')
    const { after, hasMoreAfter } = all.body.page
    expect([typeof after, hasMoreAfter]).toEqual(['string', false])
    const rest = await ada.get(`/v1/rooms?cursor=${after}`)
    expect(rest.body).toMatchObject({ data: [], page: { after } })
    expect((await ada.get(`/v1/rooms?cursor=${after}&after=${after}`)).status).toBe(400)
  })

  test('a link that was cut short is explained on a page', async () => {
    for (const query of ['', '?token=', '?token=abc', '?token=a&token=b']) {
      for (const path of ['/v1/email/confirm', '/v1/email/unsubscribe']) {
        const answer = await api.call('GET', `${path}${query}`)
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          400,
          'text/html; charset=utf-8',
        ])
        expect(answer.body).toContain('This link is incomplete or too old.')
      }
    }
  })
})

describe('headers', () => {
  test('a request keeps its id if it is harmless', async () => {
    const id = async (given: string) =>
      (await api.call('GET', '/healthz', { headers: { 'x-request-id': given } })).headers.get(
        'x-request-id',
      )
    expect(await id('trace-1:2.3')).toBe('trace-1:2.3')
    expect(await id('a b')).not.toBe('a b')
  })

  test('pages of other origins may call only if they are allowed', async () => {
    const from = async (origin: string) => {
      const preflight = await fetch(`${api.url}/v1/rooms`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
      return preflight.headers.get('access-control-allow-origin')
    }
    expect(await from('https://app.example')).toBe('https://app.example')
    expect(await from('https://evil.example')).toBeNull()
  })

  test('the policy lets in no scripts from elsewhere, and nothing says Express', async () => {
    const { headers } = await api.call('GET', '/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("connect-src 'self' ws: wss:")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-powered-by')).toBeNull()
  })
})

describe('beside the routes', () => {
  test('there are probes, metrics and documentation', async () => {
    expect((await api.call('GET', '/healthz')).body).toEqual({ status: 'alive' })
    expect((await api.call('GET', '/readyz')).status).toBe(200)
    await ada.get('/v1/rooms')
    const metrics = (await api.call('GET', '/metrics')).body
    expect(metrics).toMatch(/parley_http_request_seconds_count\{[^}]*route="\/v1\/rooms"/u)
    expect((await api.call('GET', '/openapi.json')).body.openapi).toBe('3.1.0')
    const docs = await api.call('GET', '/docs')
    for (const [, file = ''] of docs.body.matchAll(/(?:src|href)="(\/[^"]+)"/gu)) {
      expect((await api.call('GET', file)).status, file).toBe(200)
    }
    expect((await api.call('GET', '/')).body).toContain('/docs')
  })

  test('an unknown route is a problem document too', async () => {
    for (const path of ['/v1/nothing', '/internal/users', '/v2/rooms']) {
      const answer = await api.call('GET', path)
      expect([answer.status, answer.body.code], path).toEqual([404, 'NOT_FOUND'])
    }
  })
})
