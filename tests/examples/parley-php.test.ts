import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findProgram } from '@parley/local-cluster'
import jwt from 'jsonwebtoken'
import { afterEach, describe, expect, test } from 'vitest'
import { HOST, runProgram } from './php-site.ts'

/** Runs PHP that has the class, prints what `$answer` is, or what was thrown. */
async function php(code: string, env: Record<string, string> = {}): Promise<unknown> {
  const program = `
    error_reporting(E_ALL); ini_set('display_errors', 'stderr');
    require 'parley.php';
    try { ${code} echo json_encode($answer); }
    catch (ParleyError $e) {
      echo json_encode(['error' => $e->errorCode, 'status' => $e->status, 'retryable' => $e->retryable,
        'message' => $e->getMessage(), 'details' => $e->details]);
    }
    catch (Throwable $e) { echo json_encode(['thrown' => get_class($e)]); }`
  const { code: exitCode, output } = await runProgram(
    findProgram('php') ?? '',
    ['-r', program],
    env,
  )
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringMatching(/^[[{"]/u) })
  return JSON.parse(output) as unknown
}

describe('a webhook', () => {
  const KEY = Buffer.from('of the tests 0123456789')
  const SECRET = `whsec_${KEY.toString('base64')}`
  const BODY = '{"type":"message:created","roomId":"r","event":{"data":{"text":"ü / <b>"}}}'
  const NOW = 1_795_248_000
  const sign = (body = BODY, at = NOW, key = KEY): string =>
    `v1,${createHmac('sha256', key).update(`r:1.${at}.${body}`).digest('base64')}`

  const verify = (
    headers: Record<string, string>,
    { body = BODY, secret = SECRET } = {},
  ): Promise<unknown> =>
    php(
      `$answer = Parley::verifyWebhook(getenv('SECRET'), json_decode(getenv('HEADERS'), true),
        getenv('BODY'), ${NOW});`,
      { SECRET: secret, HEADERS: JSON.stringify(headers), BODY: body },
    )
  const headers = (signature: string, at = NOW): Record<string, string> => ({
    'Webhook-Id': 'r:1',
    'Webhook-Timestamp': String(at),
    'Webhook-Signature': signature,
  })
  const REFUSED = { error: 'AUTH_INVALID', status: 401 }

  test('of Parley is read, also while the secret is changed', async () => {
    const both = `${sign(BODY, NOW, Buffer.from('the one before'))} ${sign()}`
    expect(await verify(headers(sign()))).toEqual(JSON.parse(BODY))
    expect(await verify(headers(both))).toEqual(JSON.parse(BODY))
    expect(await verify(headers(sign(BODY, NOW - 299), NOW - 299))).toEqual(JSON.parse(BODY))
  })

  test('of somebody else is refused', async () => {
    const other = sign(BODY, NOW, Buffer.from('another key'))
    expect(await verify(headers(other))).toMatchObject(REFUSED)
    expect(await verify(headers(sign()), { body: BODY.replace('ü', 'u') })).toMatchObject(REFUSED)
    expect(await verify({ ...headers(sign()), 'Webhook-Id': 'r:2' })).toMatchObject(REFUSED)
    expect(await verify(headers(sign().replace('v1,', 'v2,')))).toMatchObject(REFUSED)
    expect(await verify({})).toMatchObject(REFUSED)
    // Good once, and shown again; or made for later.
    for (const at of [NOW - 301, NOW + 301]) {
      expect(await verify(headers(sign(BODY, at), at))).toMatchObject(REFUSED)
    }
  })

  test('is not checked with a secret that is none', async () => {
    for (const secret of ['', 'whsec_', 'whsec_!!']) {
      const thrown = { thrown: 'InvalidArgumentException' }
      expect(await verify(headers(sign()), { secret })).toEqual(thrown)
    }
  })
})

describe('a token', () => {
  const { HOST_JWT_ISSUER: issuer, HOST_JWT_SECRET: secret } = HOST
  const sign = (rest: string, key = secret): Promise<unknown> =>
    php(`$answer = Parley::hostToken(getenv('KEY'), '${issuer}', ${rest});`, { KEY: key })

  test('says who it is, for ten minutes, and is never the same twice', async () => {
    const one = (await sign(`'customer-7', 'Zoë "Z" 测试'`)) as string
    const claims = jwt.verify(one, secret, { algorithms: ['HS256'], issuer, audience: 'parley' })
    if (typeof claims === 'string') throw new Error('It has no claims.')
    expect(claims).toMatchObject({ sub: 'customer-7', name: 'Zoë "Z" 测试' })
    expect(claims).not.toHaveProperty('picture')
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600)
    expect(await sign(`'customer-7', 'Zoë'`)).not.toBe(await sign(`'customer-7', 'Zoë'`))
    const more = (await sign(`'7', 'Ada', 'https://example.com/a.png', 60`)) as string
    const picture = 'https://example.com/a.png'
    expect(jwt.verify(more, secret, { maxAge: 60 })).toMatchObject({ sub: '7', picture })
  })

  test('is not signed with a short secret', async () => {
    expect(await sign(`'7', 'Ada'`, 'short')).toEqual({ thrown: 'InvalidArgumentException' })
  })
})

describe('a call', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  interface Heard {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    readonly body: string
  }

  /** A Parley that answers so; what it was asked. */
  async function listen(
    answer: (response: ServerResponse, count: number) => void,
  ): Promise<{ url: string; heard: Heard[] }> {
    const heard: Heard[] = []
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => void (body += chunk.toString()))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        heard.push({ method, url, headers, body })
        answer(response, heard.length)
      })
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
  }
  const call = (url: string, code: string, more = ''): Promise<unknown> =>
    php(`$parley = new Parley('${url}', 'the-key'${more}); $answer = ${code};`)
  const problem = (response: ServerResponse, status: number, body: object): void =>
    void response.writeHead(status).end(JSON.stringify(body))

  test('has the key, the user, and the same Idempotency-Key at each attempt', async () => {
    const { url, heard } = await listen((response, count) => {
      if (count === 1)
        problem(response, 503, { code: 'SERVER_BUSY', retryable: true, retryAfterMs: 5 })
      else problem(response, 201, { seq: 4 })
    })
    const sent = await call(url, `$parley->as('Zoë 7')->send('r', '<b>ü</b>', 'order-7')`)
    expect(sent).toEqual({ seq: 4 })
    expect(heard).toHaveLength(2)
    for (const { method, url: path, headers, body } of heard) {
      expect([method, path]).toEqual(['POST', '/v1/rooms/r/messages'])
      expect(headers).toMatchObject({
        authorization: 'Bearer the-key',
        'idempotency-key': 'order-7',
        'parley-act-as': 'Zo%C3%AB%207',
      })
      expect(JSON.parse(body)).toEqual({ text: '<b>ü</b>' })
    }
  })

  test('that cannot be repeated is made once, and one that is refused too', async () => {
    const { url, heard } = await listen((response) => {
      problem(response, 503, { code: 'SERVER_BUSY', message: 'Busy.', retryable: true })
    })
    expect(await call(url, `$parley->call('POST', '/v1/api-keys', [])`)).toMatchObject({
      error: 'SERVER_BUSY',
      status: 503,
      retryable: true,
    })
    expect(heard).toHaveLength(1)
    server?.close()
    const other = await listen((response) => {
      problem(response, 409, { code: 'CURSOR_AHEAD', retryable: false, details: { head: 5 } })
    })
    expect(await call(other.url, `$parley->events('r', 9)`)).toMatchObject({
      error: 'CURSOR_AHEAD',
      details: { head: 5 },
    })
    expect(other.heard.map((one) => one.url)).toEqual([
      '/v1/rooms/r/events?after=9&waitMs=0&limit=200',
    ])
  })

  test('that is to wait for long is given up, and tells for how long', async () => {
    const { url, heard } = await listen((response) => {
      problem(response, 429, { code: 'SLOW_MODE', retryable: true, retryAfterMs: 60_000 })
    })
    expect(await call(url, `$parley->send('r', 'x')`)).toMatchObject({ error: 'SLOW_MODE' })
    expect(heard).toHaveLength(1)
  })

  test('that a proxy answers has a code too', async () => {
    const { url } = await listen((response) => void response.writeHead(502).end('<h1>Bad</h1>'))
    expect(await call(url, `$parley->send('r', 'x', 'k')`)).toMatchObject({
      error: 'UNKNOWN_OUTCOME',
      status: 502,
      retryable: true,
    })
  })

  test('whose answer was lost is made again with the same key', async () => {
    const { url, heard } = await listen((response, count) => {
      if (count < 3) response.destroy()
      else problem(response, 200, { seq: 4, dup: true })
    })
    expect(await call(url, `$parley->send('r', 'x', 'k')`)).toEqual({ seq: 4, dup: true })
    expect(heard.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k', 'k'])
  })

  test('that nobody answers was not done, or may have been', async () => {
    const { url, heard } = await listen(() => undefined)
    expect(await call(url, `$parley->send('r', 'x', 'k')`, ', timeoutMs: 100')).toMatchObject({
      error: 'UNKNOWN_OUTCOME',
      status: 0,
    })
    // It has waited for as long as it may.
    expect(heard).toHaveLength(1)
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
    expect(await call(url, `$parley->messages('r')`)).toMatchObject({
      error: 'SERVER_BUSY',
      retryable: true,
    })
  })
})
