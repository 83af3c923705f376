import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { listen } from '@parley/server-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
let bob: Actor
let host: Server
/** What the host application answers to a text. */
let answer: (message: { text?: string }) => object
const asked: { message: { text?: string }; isEdit: boolean }[] = []

beforeAll(async () => {
  host = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const question = JSON.parse(body) as (typeof asked)[number]
      asked.push(question)
      const verdict = answer(question.message)
      const { afterMs = 0 } = verdict as { afterMs?: number }
      setTimeout(() => response.end(JSON.stringify(verdict)), afterMs)
    })
  })
  const port = await listen(host, 0, '127.0.0.1')
  api = await startTestApi({
    BEFORE_SEND_URL: `http://127.0.0.1:${port}/`,
    BEFORE_SEND_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    BEFORE_SEND_TIMEOUT_MS: '4000',
  })
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
  answer = () => ({ action: 'allow' })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  host.closeAllConnections()
  host.close()
})

const key = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: ROOT_API_KEY, ...(body !== undefined && { body }) })
const send = (actor: Actor, roomId: string, more: object) =>
  actor.call('POST', `/v1/rooms/${roomId}/messages`, { clientMsgId: randomUUID(), ...more })
const textAt = async (roomId: string, seq: number) =>
  (await ada.get(`/v1/rooms/${roomId}/messages/${seq}`)).body.message
/** As a gateway sends them: in one batch. */
const commands = async (batch: object[]) => {
  const sent = await api.call('POST', '/internal/commands', {
    token: 'internal-token-of-a-test',
    body: { commands: batch },
  })
  return sent.body.results as { ok: boolean; data: { seq: number }; error: { code: string } }[]
}

async function withWords(words: object[], run: () => Promise<void>): Promise<void> {
  const made = await key('POST', '/v1/moderation/words', { words })
  expect(made.status).toBe(201)
  try {
    await run()
  } finally {
    for (const { id } of made.body.words as { id: string }[]) {
      expect((await key('DELETE', `/v1/moderation/words/${id}`)).status).toBe(204)
    }
  }
}

describe('the word list', () => {
  test('refuses, masks and reports; owners are exempt; a retry is a retry', async () => {
    const room = await ada.createRoom()
    await bob.join(room.id)
    await withWords(
      [
        { word: 'awful' },
        { word: 'silly', action: 'mask' },
        { word: '笨蛋', action: 'mask', mode: 'anywhere' },
        { word: 'fishy', action: 'report' },
      ],
      async () => {
        const refused = await send(bob, room.id, { text: 'you are a w f u l' })
        expect(refused.body).toMatchObject({ code: 'REJECTED', details: { reason: 'words' } })
        expect(JSON.stringify(refused.body)).not.toContain('awful')
        expect((await send(ada, room.id, { text: 'not awful' })).status).toBe(201)

        const draft = {
          clientMsgId: randomUUID(),
          text: 'so silly, 笨 蛋',
          payload: { n: 'silly' },
        }
        const masked = await send(bob, room.id, draft)
        expect(await textAt(room.id, masked.body.seq)).toMatchObject({
          text: 'so *****, * *',
          payload: { n: '*****' },
        })
        const again = await send(bob, room.id, draft)
        expect(again.body).toEqual({ ...masked.body, dup: true })
        const other = await send(bob, room.id, { ...draft, text: 'so *****, * *' })
        expect(other.body.code).toBe('IDEMPOTENCY_MISMATCH')
        const payload = { n: 'silly' }
        const custom = await send(bob, room.id, { type: 'app.card', payload })
        expect(await textAt(room.id, custom.body.seq)).toMatchObject({ payload })

        const fishy = await send(bob, room.id, { text: 'fishy' })
        const queue = async () =>
          (await ada.get(`/v1/moderation/queue?roomId=${room.id}`)).body.data
        expect(await queue()).toMatchObject([
          {
            seq: fishy.body.seq,
            reason: 'word',
            reporterId: null,
            note: 'Word list: fishy',
            message: { text: 'fishy', senderId: bob.id },
          },
        ])
        const [{ id }] = await queue()
        expect(
          (await ada.call('POST', `/v1/reports/${id}/settle`, { action: 'dismiss' })).status,
        ).toBe(200)
        const path = `/v1/rooms/${room.id}/messages/${fishy.body.seq}`
        expect((await bob.call('PATCH', path, { text: 'awful' })).body.code).toBe('REJECTED')
        expect((await bob.call('PATCH', path, { text: 'silly and fishy' })).status).toBe(200)
        expect((await textAt(room.id, fishy.body.seq)).text).toBe('***** and fishy')
        // Said once more: it is open again.
        expect(await queue()).toHaveLength(1)
      },
    )
    expect((await send(bob, room.id, { text: 'awful' })).status).toBe(201)
  })

  test('what was refused first is told first: membership, then mute, then the words', async () => {
    const room = await ada.createRoom()
    await withWords([{ word: 'awful' }], async () => {
      expect((await send(bob, room.id, { text: 'awful' })).body.code).toBe('NOT_MEMBER')
      await bob.join(room.id)
      await ada.call('PUT', `/v1/rooms/${room.id}/mutes/${bob.id}`)
      expect((await send(bob, room.id, { text: 'awful' })).body.code).toBe('MUTED')
    })
  })

  test('is kept by keys: no word twice, in no other spelling, and nothing that is no word', async () => {
    await withWords([{ word: 'awful', action: 'mask' }], async () => {
      const twice = await key('POST', '/v1/moderation/words', { words: [{ word: 'ÁWFUL' }] })
      expect(twice.body).toMatchObject({ code: 'CONFLICT', details: { words: ['awful'] } })
      const [word] = (await key('GET', '/v1/moderation/words')).body.data
      expect(word).toMatchObject({
        word: 'awful',
        mode: 'word',
        action: 'mask',
        lookalikes: true,
        createdBy: 'root',
      })
      const path = `/v1/moderation/words/${word.id}`
      const changed = await key('PATCH', path, { mode: 'anywhere' })
      expect(changed.body.word).toMatchObject({ word: 'awful', mode: 'anywhere', action: 'mask' })
      expect((await key('GET', path)).body.word).toEqual(changed.body.word)
    })
    for (const word of ['', '  ', '!!!', '\u200b', 'x'.repeat(65)]) {
      const made = await key('POST', '/v1/moderation/words', { words: [{ word }] })
      expect([word, made.status >= 400 && made.status < 500]).toEqual([word, true])
    }
    const both = { words: [{ word: 'Same' }, { word: 'same' }] }
    expect((await key('POST', '/v1/moderation/words', both)).status).toBe(400)
    const asUser = await ada.call('POST', '/v1/moderation/words', { words: [{ word: 'mine' }] })
    expect(asUser.status).toBe(403)
    expect((await key('GET', `/v1/moderation/words/${randomUUID()}`)).status).toBe(404)
  })
})

describe('types', () => {
  const schema = {
    type: 'object',
    required: ['question'],
    properties: { question: { type: 'string' } },
    additionalProperties: false,
  }

  test('a payload must fit from the registration on, also when it is edited', async () => {
    const room = await ada.createRoom()
    const free = await send(ada, room.id, { type: 'poll', payload: { any: 'thing' } })
    expect(free.status).toBe(201)
    const put = await key('PUT', '/v1/message-types/poll', { schema })
    expect(put.body.messageType).toMatchObject({ name: 'poll', schema })

    const wrong = await send(ada, room.id, { type: 'poll', payload: { question: 1 } })
    expect(wrong.body).toMatchObject({
      code: 'INVALID',
      details: [{ path: 'payload/question', problem: 'must be string' }],
    })
    expect((await send(ada, room.id, { type: 'poll', text: 'no payload' })).status).toBe(400)
    const draft = { type: 'poll', payload: { question: 'When?' }, clientMsgId: randomUUID() }
    const sent = await send(ada, room.id, draft)
    expect(sent.status).toBe(201)
    const path = `/v1/rooms/${room.id}/messages/${sent.body.seq}`
    expect((await ada.call('PATCH', path, { payload: { answer: 1 } })).status).toBe(400)
    expect((await ada.call('PATCH', path, { text: 'only a text' })).status).toBe(200)
    expect((await ada.call('PATCH', path, { payload: { question: 'Now?' } })).status).toBe(200)
    // A retry is one, though the type is another by now.
    await key('PUT', '/v1/message-types/poll', { schema: { type: 'object', maxProperties: 0 } })
    expect((await send(ada, room.id, draft)).body).toMatchObject({ seq: sent.body.seq, dup: true })

    expect((await key('DELETE', '/v1/message-types/poll')).status).toBe(204)
    expect((await send(ada, room.id, { type: 'poll', payload: {} })).status).toBe(201)
  })

  test('are registered by keys, and read by users', async () => {
    expect((await key('PUT', '/v1/message-types/text', { schema })).body.code).toBe('REJECTED')
    const bad = await key('PUT', '/v1/message-types/card', { schema: { type: 'objekt' } })
    expect(bad.body).toMatchObject({ code: 'INVALID' })
    expect(bad.body.details[0]).toMatchObject({ path: 'schema/type' })
    const large = { schema: { description: 'x'.repeat(17_000) } }
    expect((await key('PUT', '/v1/message-types/card', large)).status).toBe(413)
    expect((await ada.call('PUT', '/v1/message-types/card', { schema })).status).toBe(403)
    await key('PUT', '/v1/message-types/card', { schema })
    expect((await ada.get('/v1/message-types')).body.data).toMatchObject([{ name: 'card', schema }])
    expect((await key('GET', '/v1/message-types/card')).status).toBe(200)
    expect((await key('DELETE', '/v1/message-types/card')).status).toBe(204)
    expect((await key('DELETE', '/v1/message-types/card')).status).toBe(404)
  })
})

describe('the host application', () => {
  test('may change and refuse; a retry of what it changed is a retry', async () => {
    const room = await ada.createRoom()
    answer = ({ text = '' }) => {
      if (text.includes('buy')) return { action: 'reject', reason: 'No advertising here.' }
      return { action: 'modify', text: text.toUpperCase() }
    }
    const draft = { clientMsgId: randomUUID(), text: 'hello' }
    const sent = await send(ada, room.id, draft)
    expect((await textAt(room.id, sent.body.seq)).text).toBe('HELLO')
    answer = () => ({ action: 'modify', text: 'something else' })
    expect((await send(ada, room.id, draft)).body).toEqual({ ...sent.body, dup: true })
    answer = () => ({ action: 'reject', reason: 'No advertising here.' })
    expect((await send(ada, room.id, draft)).body).toEqual({ ...sent.body, dup: true })
    const refused = await send(ada, room.id, { text: 'buy' })
    expect([refused.status, refused.body]).toEqual([
      422,
      expect.objectContaining({ code: 'REJECTED', message: 'No advertising here.' }),
    ])
    const path = `/v1/rooms/${room.id}/messages/${sent.body.seq}`
    expect((await ada.call('PATCH', path, { text: 'buy' })).status).toBe(422)
    expect(asked.at(-1)).toMatchObject({ isEdit: true, message: { text: 'buy' } })
    answer = () => ({ action: 'allow' })
  })

  test('what it writes is looked at by the word list too', async () => {
    const room = await ada.createRoom()
    await bob.join(room.id)
    answer = () => ({ action: 'modify', text: 'awful' })
    await withWords([{ word: 'awful', action: 'mask' }], async () => {
      const { body } = await send(bob, room.id, { text: 'fine' })
      expect((await textAt(room.id, body.seq)).text).toBe('*****')
    })
    answer = () => ({ action: 'allow' })
  })

  test('keeps the order of each sender, however long it takes for each message', async () => {
    const room = await ada.createRoom()
    answer = ({ text = '' }) => ({ action: 'allow', afterMs: Number(text.split(' ')[1]) })
    const command = (text: string) => ({
      kind: 'message:send',
      actor: { id: ada.id, kind: 'user' },
      roomId: room.id,
      clientMsgId: randomUUID(),
      text,
    })
    const batch = [command('a 60'), command('b 0'), command('c 30'), command('d 0')]
    const [results, alone] = await Promise.all([commands(batch), commands([command('e 0')])])
    expect([...results, ...alone].map(({ ok }) => ok)).toEqual([true, true, true, true, true])
    const texts = (await ada.messages(room.id)).map(({ text }) => text?.slice(0, 1))
    expect(texts.filter((text) => text !== 'e')).toEqual(['a', 'b', 'c', 'd'])
    answer = () => ({ action: 'allow' })
  })

  test('is not asked about what the system says', async () => {
    const room = await ada.createRoom()
    const before = asked.length
    const [result] = await commands([
      {
        kind: 'message:send',
        actor: { id: 'system', kind: 'system' },
        roomId: room.id,
        clientMsgId: randomUUID(),
        text: 'welcome',
      },
    ])
    expect(result?.ok).toBe(true)
    expect(asked).toHaveLength(before)
  })
})

test('where only registered types are sent, others are refused', async () => {
  await using closed = await startTestApi({ MESSAGE_TYPES: 'registered' })
  const actor = await closed.guest('Only')
  const room = await actor.createRoom()
  const body = { clientMsgId: randomUUID(), type: 'card', payload: {} }
  const path = `/v1/rooms/${room.id}/messages`
  expect((await actor.call('POST', path, body)).body).toMatchObject({
    code: 'INVALID',
    details: [{ path: 'type', problem: 'is no registered type' }],
  })
  expect((await actor.call('POST', path, { text: 'plain' })).status).toBe(201)
  await closed.call('PUT', '/v1/message-types/card', { token: ROOT_API_KEY, body: { schema: {} } })
  expect((await actor.call('POST', path, body)).status).toBe(201)
})

test('a change of a list counts in every API', async () => {
  const other = await key('GET', '/v1/moderation/words')
  expect(other.status).toBe(200)
  const room = await ada.createRoom()
  await bob.join(room.id)
  // As another API would: this one is told nothing of it.
  await api.database.query(
    `INSERT INTO blocked_word (id, word, folded, mode, action, lookalikes, created_by, created_at)
     VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'elsewhere', REPEAT('x', 32), 'word', 'reject', 0, 'k', NOW(3))`,
  )
  await api.database.query(
    "UPDATE list_version SET version = version + 1 WHERE name = 'blocked-words'",
  )
  await expect
    .poll(async () => (await send(bob, room.id, { text: 'elsewhere' })).body.code, {
      timeout: 10_000,
    })
    .toBe('REJECTED')
})
