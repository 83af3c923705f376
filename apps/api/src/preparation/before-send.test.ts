import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createLogger, createRegistry, listen } from '@parley/server-kit'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { createBeforeSend } from './before-send.ts'
import type { HookSettings } from './preparation-env.ts'
import type { MessageCommand } from './refusal.ts'

const SECRET = Buffer.alloc(24, 7).toString('base64')
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Question {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Answer = (response: ServerResponse, question: Question) => void

/** A host application that answers as it is told. */
async function aHost(answer: Answer, settings: Partial<HookSettings> = {}) {
  const questions: Question[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const question = { headers: request.headers, body }
      questions.push(question)
      answer(response, question)
    })
  })
  servers.push(server)
  const port = await listen(server, 0, '127.0.0.1')
  const metrics = createRegistry('test')
  const ask = createBeforeSend(
    {
      url: `http://127.0.0.1:${port}/check`,
      secret: SECRET,
      timeoutMs: 20_000,
      failsOpen: true,
      ...settings,
    },
    { logger: createLogger('test', 'silent'), metrics },
  )
  const outcomes = async (): Promise<Record<string, number>> => {
    const { values } = (await metrics.getSingleMetric('parley_before_send_total')?.get()) ?? {
      values: [],
    }
    return Object.fromEntries(values.map((one) => [String(one.labels['outcome']), one.value]))
  }
  return {
    questions,
    server,
    outcomes,
    ask: (one: MessageCommand) => ask(one, () => true),
    askRaw: ask,
  }
}

const command = (more: object = {}): MessageCommand => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: '019a2f4c-0000-7000-8000-000000000001',
  clientMsgId: randomUUID(),
  text: 'hello',
  ...more,
})
const json =
  (value: unknown): Answer =>
  (response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
  }

describe('the question', () => {
  test('is signed as Standard Webhooks are, and the same for a retry', async () => {
    const { ask, questions } = await aHost(json({ action: 'allow' }))
    const asked = command({ type: 'poll', payload: { n: 1 }, replyTo: 3 })
    expect(await ask(asked)).toBeUndefined()
    expect(await ask(asked)).toBeUndefined()
    const [first, second] = questions
    expect(
      new Webhook(SECRET).verify(first!.body, first!.headers as Record<string, string>),
    ).toEqual({
      type: 'message.before_send',
      roomId: asked.roomId,
      sender: { id: 'ada', kind: 'user' },
      isEdit: false,
      message: {
        clientMsgId: asked.clientMsgId,
        type: 'poll',
        text: 'hello',
        payload: { n: 1 },
        replyTo: 3,
      },
    })
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(first?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/u)
  })

  test('says of an edit what is edited', async () => {
    const { ask, questions } = await aHost(json({ action: 'allow' }))
    const { roomId, clientMsgId, actor } = command()
    await ask({ kind: 'message:edit', actor, roomId, clientMsgId, seq: 7, text: 'new' })
    expect(JSON.parse(questions[0]!.body)).toMatchObject({
      isEdit: true,
      message: { seq: 7, text: 'new' },
    })
  })
})

describe('the answer', () => {
  test('may change text and payload', async () => {
    const { ask } = await aHost(json({ action: 'modify', text: 'hi', payload: { a: 1 }, more: 1 }))
    expect(await ask(command())).toEqual({ text: 'hi', payload: { a: 1 } })
  })

  test('may refuse, with a reason that is plain and short', async () => {
    const reason = `no\u0000\u202e\nway ${'x'.repeat(1_000)}`
    const { ask } = await aHost(json({ action: 'reject', reason }))
    const verdict = await ask(command())
    expect(verdict).toMatchObject({ refusal: { code: 'REJECTED' } })
    const { message } = (verdict as { refusal: { message: string } }).refusal
    expect(message).toMatch(/^no way x+$/u)
    expect(message).toHaveLength(500)
  })

  test('needs no reason', async () => {
    const { ask } = await aHost(json({ action: 'reject' }))
    expect(await ask(command())).toMatchObject({
      refusal: { message: 'This message was not accepted.' },
    })
  })
})

describe('what is no answer', () => {
  const cases: [string, Answer][] = [
    ['an error', (response) => response.writeHead(500).end()],
    ['no content', (response) => response.writeHead(204).end()],
    ['a redirect', (response) => response.writeHead(302, { location: '/other' }).end()],
    ['no JSON', (response) => response.end('<html>')],
    ['something else', json({ action: 'perhaps' })],
    ['a change of nothing', json({ action: 'modify' })],
    ['a blank text', json({ action: 'modify', text: '  ' })],
    ['too long a text', json({ action: 'modify', text: 'x'.repeat(20_001) })],
    ['too much', (response) => response.end(`{"action":"allow","x":"${'x'.repeat(300_000)}"}`)],
    ['a broken connection', (response) => response.destroy()],
  ]
  test.each(cases)('%s: the message goes as it is, or is refused', async (_name, answer) => {
    const open = await aHost(answer)
    expect(await open.ask(command())).toBeUndefined()
    const closed = await aHost(answer, { failsOpen: false })
    expect(await closed.ask(command())).toMatchObject({
      refusal: { code: 'REJECTED', details: { reason: 'check-unavailable' } },
    })
  })

  test('none in time', async () => {
    const open = await aHost(() => {}, { timeoutMs: 20 })
    expect(await open.ask(command())).toBeUndefined()
    const half = await aHost((response) => response.write('{"action":'), { timeoutMs: 20 })
    expect(await half.ask(command())).toBeUndefined()
    expect(await half.outcomes()).toEqual({ 'no-answer': 1 })
  })

  test('a payload that is not of its type', async () => {
    const { askRaw } = await aHost(json({ action: 'modify', payload: { a: 1 } }))
    expect(await askRaw(command(), () => false)).toBeUndefined()
  })
})

describe('a host that is away', () => {
  test('is not asked after five failures in a row, and slows nobody down', async () => {
    const { ask, questions, outcomes } = await aHost(() => {}, { timeoutMs: 20 })
    for (let count = 0; count < 5; count += 1) await ask(command())
    await Promise.all(Array.from({ length: 50 }, () => ask(command())))
    expect(questions).toHaveLength(5)
    expect(await outcomes()).toEqual({ 'no-answer': 5, skipped: 50 })
  })

  test('one that answers nonsense is there, and is asked on', async () => {
    const { ask, outcomes } = await aHost((response) => response.writeHead(500).end())
    for (let count = 0; count < 8; count += 1) await ask(command())
    expect(await outcomes()).toEqual({ 'bad-answer': 8 })
  })
})

test('no more than a hundred are asked at once; the others wait for a place', async () => {
  let open = 0
  let most = 0
  const { ask, questions } = await aHost((response) => {
    open += 1
    most = Math.max(most, open)
    setImmediate(() => {
      open -= 1
      json({ action: 'allow' })(response, { headers: {}, body: '' })
    })
  })
  await Promise.all(Array.from({ length: 250 }, () => ask(command())))
  expect(questions).toHaveLength(250)
  expect(most).toBeLessThanOrEqual(100)
})
