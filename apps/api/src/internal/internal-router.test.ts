import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { ParleyError, type LogCommand, type RoomNews } from '@parley/message-schema'
import { FailPoints, listen } from '@parley/server-kit'
import express, { type NextFunction, type Request, type Response } from 'express'
import { afterEach, expect, test } from 'vitest'
import type { Pool } from '../db/connect.ts'
import type { RoomLog, Settled } from '../room-log/room-log.ts'
import { createInternalRouter, type InternalPorts } from './internal-router.ts'

const TOKEN = 'a token of gateways'
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(submit: (command: LogCommand) => Promise<Settled>, enabled = false) {
  const failPoints = new FailPoints(enabled)
  const app = express()
  app.use(
    '/internal',
    createInternalRouter({
      // Only commands are asked here: the rest is tested on a database.
      pool: {} as Pool,
      roomLog: { submit } as RoomLog,
      ensureHostUsers: async () => new Set<string>(),
      presence: {} as InternalPorts['presence'],
      failPoints,
      internalToken: TOKEN,
      accessTokenTtlS: 900,
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(ParleyError.from(error).code === 'NOT_FOUND' ? 404 : 400).json({})
  })
  const server = createServer(app)
  servers.push(server)
  const port = await listen(server, 0, '127.0.0.1')
  const post = async (path: string, body: unknown, token: string | undefined = TOKEN) => {
    const answer = await fetch(`http://127.0.0.1:${port}/internal${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever was answered
    return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as any }
  }
  return { post, failPoints }
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
