import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http'
import {
  ATTEMPT_HEADER,
  GATHERED_HEADER,
  ParleyError,
  type CommandAttempt,
  type LogCommand,
  type RoomNews,
} from '@parley/message-schema'
import { createLogger, FailPoints, listen } from '@parley/server-kit'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Pool } from '../db/connect.ts'
import type { RoomLog, Settled } from '../room-log/room-log.ts'
import { createInternalAnswers, type InternalPorts } from './internal-answers.ts'
import { createInternalEndpoint } from './internal-endpoint.ts'

const TOKEN = 'a token of gateways'
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(submit: (command: LogCommand) => Promise<Settled>, enabled = false) {
  const failPoints = new FailPoints(enabled)
  const observed: string[] = []
  const server = createServer(
    createInternalEndpoint({
      answers: createInternalAnswers({
        // Only commands are asked here: the rest is tested on a database.
        pool: {} as Pool,
        roomLog: { submit } as RoomLog,
        ensureHostUsers: async () => new Set<string>(),
        presence: {} as InternalPorts['presence'],
        failPoints,
        accessTokenTtlS: 900,
      }),
      internalToken: TOKEN,
      logger: createLogger('test', 'silent'),
      observe: (route, status) => observed.push(`${route} ${status}`),
    }),
  )
  servers.push(server)
  const port = await listen(server, 0, '127.0.0.1')
  const post = async (
    path: string,
    body: unknown,
    token: string | undefined = TOKEN,
    more: Record<string, string> = {},
  ) => {
    const answer = await fetch(`http://127.0.0.1:${port}/internal${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...more,
      },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever was answered
    return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as any }
  }
  return { post, port, observed, failPoints }
}

const roomId = randomUUID()
const send = (text: string, room = roomId) => ({
  kind: 'message:send' as const,
  actor: { id: 'ada', kind: 'user' as const },
  roomId: room,
  clientMsgId: randomUUID(),
  text,
})
const news = (room: string): RoomNews => ({
  roomId: room,
  fromSeq: 1,
  memberVersion: 1,
  events: [],
})
const textOf = (command: LogCommand): string => ('text' in command ? (command.text ?? '') : '')

test('each command is answered in its place, refusals among the rest', async () => {
  const { post } = await serve(async (command) => ({
    outcome:
      textOf(command) === 'no'
        ? { refusal: new ParleyError('NOT_MEMBER', { cause: new Error('secret') }) }
        : { data: { said: textOf(command) } },
    news: [],
  }))
  const { status, body } = await post('/commands', {
    commands: ['a', 'no', 'b'].map((text) => send(text)),
  })
  expect(status).toBe(200)
  expect(body.results).toEqual([
    { ok: true, data: { said: 'a' } },
    { ok: false, error: { code: 'NOT_MEMBER', message: expect.any(String), retryable: false } },
    { ok: true, data: { said: 'b' } },
  ])
  expect(JSON.stringify(body)).not.toContain('secret')
})

test('the news of a transaction is told once, and only of rooms that were asked about', async () => {
  const [one, other, foreign] = [randomUUID(), randomUUID(), randomUUID()]
  const shared = [news(one), news(other), news(foreign)]
  const { post } = await serve(async () => ({ outcome: { data: {} }, news: shared }))
  const commands = [send('a', one), send('b', one), send('c', other)]
  const { body } = await post('/commands', { commands })
  expect(body.news.map((item: RoomNews) => item.roomId)).toEqual([one, other])
})

test.each(['', 'another token', `${TOKEN}s`, TOKEN.toUpperCase(), TOKEN.slice(1)])(
  'with the token %j there is nothing here',
  async (token) => {
    let asked = 0
    const { post } = await serve(async () => {
      asked += 1
      return { outcome: { data: {} }, news: [] }
    })
    expect((await post('/commands', { commands: [send('a')] }, token)).status).toBe(404)
    expect((await post('/users', { users: [{ id: 'ada' }] }, token)).status).toBe(404)
    expect(asked).toBe(0)
  },
)

test('a batch that is none is refused, before anything of it is done', async () => {
  let asked = 0
  const { post } = await serve(async () => {
    asked += 1
    return { outcome: { data: {} }, news: [] }
  })
  for (const commands of [[], Array.from({ length: 501 }, () => send('x')), 'all of them']) {
    expect((await post('/commands', { commands })).status).toBe(400)
  }
  expect(asked).toBe(0)
})

test('a command that is malformed is refused alone: its neighbours are done', async () => {
  let asked = 0
  const { post } = await serve(async () => {
    asked += 1
    return { outcome: { data: {} }, news: [] }
  })
  const commands = [
    send('a'),
    { ...send('b'), isAdmin: true },
    { ...send('b'), kind: 'room:create' },
    null,
    send('c'),
  ]
  const answer = await post('/commands', { commands })
  expect(answer.status).toBe(200)
  const { results } = answer.body as {
    results: { ok: boolean; error?: { code: string } }[]
  }
  expect(results.map(({ ok, error }) => (ok ? 'ok' : error?.code))).toEqual([
    'ok',
    'INVALID',
    'INVALID',
    'INVALID',
    'ok',
  ])
  expect(asked).toBe(2)
})

test('fail points are armed only in a process that was started for it', async () => {
  const submit = async (): Promise<Settled> => ({ outcome: { data: {} }, news: [] })
  const production = await serve(submit)
  expect((await production.post('/fail-points', { point: 'before-commit', times: 1 })).status).toBe(
    404,
  )
  const testing = await serve(submit, true)
  expect((await testing.post('/fail-points', { point: 'lose-news', times: 1 })).status).toBe(200)
  expect(testing.failPoints.hit('lose-news')).toBe(true)
})

const none = async (): Promise<Settled> => ({ outcome: { data: {} }, news: [] })

/** One request with a body as it is, chunked. */
const sendBody = (port: number, body: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const request = ask(
      {
        port,
        host: '127.0.0.1',
        path: '/internal/commands',
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      },
      (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.once('end', () => resolve({ status: answer.statusCode, body: text }))
      },
    )
    request.once('error', reject)
    request.end(body)
  })

test.each(['', '{', 'null', '[]', '"commands"', '{"commands":[1],"more":1}'])(
  'the body %j is refused in words',
  async (body) => {
    const { port } = await serve(none)
    const answer = await sendBody(port, body)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INVALID', status: 400 })
  },
)

/** Whose body is not there yet; the other end may close the connection meanwhile. */
function startCommands(port: number, headers: OutgoingHttpHeaders): ClientRequest {
  const path = '/internal/commands'
  const request = ask({ port, host: '127.0.0.1', path, method: 'POST', headers })
  request.on('error', () => undefined)
  return request
}

test('a body that is said to be beyond the limit is refused before it comes', async () => {
  const { port, observed } = await serve(none)
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-length': 50 * 1024 * 1024 }
  const request = startCommands(port, headers)
  request.flushHeaders()
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(413)
  request.destroy()
  expect(observed).toEqual(['/internal/commands 413'])
})

test('a body that does not say how long it is is read up to the limit', async () => {
  const { port, observed } = await serve(none)
  // The connection may be closed before the answer is read: the rest is not taken.
  const headers = { 'transfer-encoding': 'chunked' }
  await sendBody(port, ' '.repeat(60 * 1024 * 1024), headers).catch(() => undefined)
  await vi.waitFor(() => expect(observed).toEqual(['/internal/commands 413']))
})

test('who goes away in the middle is not answered, and is counted as gone', async () => {
  const { port, observed } = await serve(none)
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-length': 100 }
  const request = startCommands(port, headers)
  request.write('{"commands":', () => request.destroy())
  await vi.waitFor(() => expect(observed).toEqual(['/internal/commands 499']))
})

describe('attempts', () => {
  const gatewayId = randomUUID()
  const actor = { id: 'ada', kind: 'user' as const }
  const attemptsAt = async (header: string | undefined, commands: readonly object[]) => {
    const attempts: (CommandAttempt | undefined)[] = []
    const { post } = await serve((command) => {
      attempts.push('attempt' in command ? command.attempt : undefined)
      return none()
    })
    const headers = header === undefined ? {} : { [ATTEMPT_HEADER]: header }
    const { status } = await post('/commands', { commands }, TOKEN, headers)
    return { status, attempts }
  }

  test('all at one command have one id, and each the number of its request', async () => {
    const message = send('a')
    const to = { roomId, actor }
    const commands = [
      message,
      { ...message, actor: { ...actor, id: 'bob' } },
      { ...message, roomId: randomUUID() },
      { kind: 'reaction:set', ...to, seq: 1, key: 'a', on: true },
      { kind: 'reaction:set', ...to, seq: 1, key: 'b', on: true },
      { kind: 'pin:set', ...to, seq: 1, on: true },
      { kind: 'pin:set', ...to, seq: 2, on: true },
      { kind: 'read:set', ...to, upTo: 1 },
    ]
    const first = await attemptsAt(`${gatewayId};7`, commands)
    const again = await attemptsAt(`${gatewayId};9;retry`, commands)
    const ids = first.attempts.map((attempt) => attempt?.id)
    expect(new Set(ids).size).toBe(commands.length)
    expect(first.attempts).toEqual(ids.map((id) => ({ id, number: 7, isRetry: false })))
    expect(again.attempts).toEqual(ids.map((id) => ({ id, number: 9, isRetry: true })))
    const elsewhere = await attemptsAt(`${randomUUID()};7`, commands)
    expect(elsewhere.attempts.some((attempt) => ids.includes(attempt?.id))).toBe(false)
  })

  test('what sets a state to something else is an attempt at the same', async () => {
    const to = { roomId, actor, seq: 1 }
    const { attempts } = await attemptsAt(`${gatewayId};7`, [
      { kind: 'reaction:set', ...to, key: 'a', on: true },
      { kind: 'reaction:set', ...to, key: 'a', on: false },
    ])
    expect(attempts[1]).toEqual(attempts[0])
  })

  test('what gateways of an older version say of attempts is passed over', async () => {
    const attempt = { id: randomUUID(), isRetry: true }
    const commands = [{ kind: 'read:set', roomId, actor, upTo: 1, mode: 'set', attempt }]
    expect(await attemptsAt(undefined, commands)).toEqual({ status: 200, attempts: [undefined] })
    const { attempts } = await attemptsAt(`${gatewayId};7`, commands)
    expect(attempts).toEqual([expect.objectContaining({ number: 7, isRetry: false })])
  })

  test.each([undefined, '', 'x', gatewayId, `${gatewayId};0`, `${gatewayId};1.5`, `x;1`])(
    'a gateway that says %j numbers nothing',
    async (header) => {
      const { status, attempts } = await attemptsAt(header, [send('a')])
      expect([status, attempts]).toEqual([200, [undefined]])
    },
  )
})

test('batches that gateways have gathered go on at the same moment, others at once', async () => {
  vi.useFakeTimers({ now: 1_000_001, toFake: ['Date', 'setTimeout'] })
  try {
    const said: string[] = []
    const submit = async (command: LogCommand): Promise<Settled> => {
      said.push(textOf(command))
      return none()
    }
    const commands = createInternalAnswers({
      ...({ presence: {} } as InternalPorts),
      roomLog: { submit } as RoomLog,
      failPoints: new FailPoints(false),
    }).get('/internal/commands')
    const run = (text: string, headers: object): void =>
      void commands?.run({ commands: [send(text)] }, { headers } as IncomingMessage)
    const gathered = { [GATHERED_HEADER]: '1' }
    run('one', gathered)
    await vi.advanceTimersByTimeAsync(2)
    run('other', gathered)
    run('alone', {})
    await vi.advanceTimersByTimeAsync(1)
    expect(said).toEqual(['alone'])
    await vi.advanceTimersByTimeAsync(1)
    expect(said).toEqual(['alone', 'one', 'other'])
  } finally {
    vi.useRealTimers()
  }
})

test('only what is posted to a path that there is, is answered, and counted by its path', async () => {
  const { post, port, observed } = await serve(none)
  expect((await post('/commands', { commands: [send('a')] })).status).toBe(200)
  expect((await post('/commands/', { commands: [send('a')] })).status).toBe(404)
  expect((await post('/nothing?x=1', {})).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${port}/internal/commands`)).status).toBe(404)
  expect(observed).toEqual(['/internal/commands 200', 'other 404', 'other 404', 'other 404'])
})
