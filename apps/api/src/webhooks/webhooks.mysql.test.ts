import type { Room, Webhook, WebhookDelivery } from '@parley/message-schema'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { startReceiver, type Received, type WebhookReceiver } from '../testing/webhook-receiver.ts'

// A database of this Redis that nothing else in the run uses: it is emptied.
const redisDatabase = (): string => `${redisUrl()}/7`
const PATIENT = { timeoutMs: 20_000 }

let api: TestApi
let ada: Actor
let worker: TestWorker
let receiver: WebhookReceiver
beforeAll(async () => {
  api = await startTestApi({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' })
  ada = await api.guest('Ada')
  worker = await startTestWorker(api.databaseUrl, { REDIS_URL: redisDatabase() })
})
afterAll(async () => {
  await worker.stop()
  await api[Symbol.asyncDispose]()
})
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  for (const { id } of (await call('GET', '')).body.data as Webhook[])
    await call('DELETE', `/${id}`)
  await receiver[Symbol.asyncDispose]()
})

const call = (method: string, path: string, body?: unknown) =>
  api.call(method, `/v1/webhooks${path}`, {
    token: ROOT_API_KEY,
    ...(body !== undefined && { body }),
  })

async function createWebhook(draft: object = {}): Promise<{ webhook: Webhook; secret: string }> {
  const answer = await call('POST', '', { url: receiver.url, ...draft })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body as { webhook: Webhook; secret: string }
}

async function webhookOf(id: string): Promise<Webhook> {
  return (await call('GET', `/${id}`)).body.webhook as Webhook
}

/** The `seq`s of what is said next in a room. */
const after = ({ head }: Room, count: number): number[] =>
  Array.from({ length: count }, (_, index) => head + 1 + index)
const verify = (secret: string, { text, headers }: Received): unknown =>
  new Verifier(secret).verify(text, headers as Record<string, string>)

describe('delivery', () => {
  test('what readers get is sent signed, in order, without the clientMsgId', async () => {
    const room = await ada.createRoom()
    const { webhook, secret } = await createWebhook({ roomIds: [room.id] })
    for (let n = 1; n <= 10; n += 1) await ada.send(room.id, `message ${n}`)
    await eventually(() => expect(receiver.taken).toHaveLength(10), PATIENT)
    const { body } = await ada.get(`/v1/rooms/${room.id}/events?after=${room.head}`)
    const shown = (body.data as object[]).map((event) => {
      const { clientMsgId: _, ...rest } = event as { clientMsgId?: string }
      return rest
    })
    expect(receiver.taken.map((received) => received.body.event)).toEqual(shown)
    for (const received of receiver.taken) {
      expect(verify(secret, received)).toEqual(received.body)
      expect(received.id).toBe(`${room.id}:${received.body.event.seq}`)
      expect(received.body).toMatchObject({ type: 'message:created', roomId: room.id })
    }
    expect(() => verify('whsec_AAAA', receiver.taken[0]!)).toThrow('No matching signature')
    expect(await webhookOf(webhook.id)).toMatchObject({ status: 'active', failingSince: null })
  })

  test('a webhook for everything begins about when it was made, also in rooms made later', async () => {
    const { webhook } = await createWebhook({ events: ['message:created'] })
    const room = await ada.createRoom()
    const seq = await ada.send(room.id, 'first')
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual([seq]), PATIENT)
    expect(webhook).toMatchObject({ events: ['message:created'], roomIds: null })
  })

  test('a room is in order and without gaps through failures, and holds up no other room', async () => {
    const [bad, good] = [await ada.createRoom(), await ada.createRoom()]
    const { webhook } = await createWebhook({ roomIds: [bad.id, good.id] })
    let failures = 0
    receiver.answer = ({ body }) => {
      if (body.roomId !== bad.id || body.event.seq !== bad.head + 3 || failures >= 4)
        return undefined
      failures += 1
      return { status: 500, body: 'Out of order\nnow.' }
    }
    for (let n = 1; n <= 8; n += 1) {
      await ada.send(bad.id, `bad ${n}`)
      await ada.send(good.id, `good ${n}`)
    }
    await eventually(() => expect(receiver.seqsOf(good.id)).toEqual(after(good, 8)), PATIENT)
    await eventually(() => expect(receiver.seqsOf(bad.id)).toEqual(after(bad, 8)), PATIENT)
    expect(failures).toBe(4)
    const { body } = await call('GET', `/${webhook.id}/deliveries`)
    const deliveries = body.data as WebhookDelivery[]
    expect(deliveries).toHaveLength(16)
    expect(
      deliveries.find(({ messageId }) => messageId === `${bad.id}:${bad.head + 3}`),
    ).toMatchObject({
      event: 'message:created',
      status: 'delivered',
      attempts: 5,
      statusCode: 204,
      error: null,
      nextAttemptAt: null,
    })
  })

  test('while it fails, the webhook and the delivery say why and what comes next', async () => {
    const room = await ada.createRoom()
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    receiver.answer = () => ({
      status: 302,
      headers: { location: 'http://127.0.0.1/' },
      body: 'No',
    })
    await ada.send(room.id, 'hello')
    await eventually(() => expect(receiver.refused.length).toBeGreaterThan(1), PATIENT)
    const failing = await webhookOf(webhook.id)
    expect(failing.status).toBe('failing')
    expect(failing.failingSince).not.toBeNull()
    const { body } = await call('GET', `/${webhook.id}/deliveries?status=pending`)
    expect(body.data).toMatchObject([
      { statusCode: 302, error: 'It answered 302, and redirects are not followed: No' },
    ])
    expect(body.data[0].nextAttemptAt).not.toBeNull()
    receiver.answer = () => undefined
    await eventually(() => expect(receiver.taken).toHaveLength(1), PATIENT)
    await eventually(
      async () => expect((await webhookOf(webhook.id)).status).toBe('active'),
      PATIENT,
    )
  })

  test('what was deleted before it could be sent is sent as the tombstone that it is', async () => {
    const room = await ada.createRoom()
    await createWebhook({ roomIds: [room.id] })
    receiver.answer = () => ({ status: 503 })
    const seq = await ada.send(room.id, 'a secret')
    await eventually(() => expect(receiver.refused.length).toBeGreaterThan(0), PATIENT)
    await ada.call('DELETE', `/v1/rooms/${room.id}/messages/${seq}`)
    // The tries that were under way at that moment are over.
    await eventually(() => expect(receiver.refused.at(-1)?.text).not.toContain('a secret'), PATIENT)
    receiver.answer = () => undefined
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual([seq, seq + 1]), PATIENT)
    expect(JSON.stringify(receiver.taken.map(({ text }) => text))).not.toContain('a secret')
    expect(receiver.taken[0]?.body.event.data).toMatchObject({ deleted: true })
  })

  test('410 disables at once; enabled again it goes on where it stopped, or leaves out what came', async () => {
    const room = await ada.createRoom()
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    receiver.answer = () => ({ status: 410 })
    await ada.send(room.id, 'one')
    await eventually(
      async () => expect((await webhookOf(webhook.id)).status).toBe('disabled'),
      PATIENT,
    )
    expect((await webhookOf(webhook.id)).disabledReason).toBe('The endpoint answered 410 Gone.')
    expect(receiver.refused).toHaveLength(1)
    await ada.send(room.id, 'two')
    receiver.answer = () => undefined
    expect((await call('POST', `/${webhook.id}/enable`)).body.webhook.status).toBe('active')
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual(after(room, 2)), PATIENT)

    await call('PATCH', `/${webhook.id}`, { disabled: true })
    await ada.send(room.id, 'left out')
    await worker.settled()
    await call('POST', `/${webhook.id}/enable`, { from: 'now' })
    await ada.send(room.id, 'four')
    await eventually(
      () => expect(receiver.seqsOf(room.id)).toEqual([...after(room, 2), room.head + 4]),
      PATIENT,
    )
  })

  test('one that never works is disabled after the time that is set for it', async () => {
    const quick = await startTestApi({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' })
    await using impatient = await startTestWorker(quick.databaseUrl, {
      REDIS_URL: redisDatabase(),
      WEBHOOK_GIVE_UP_S: '1',
    })
    const bea = await quick.guest('Bea')
    const room = await bea.createRoom()
    receiver.answer = () => ({ status: 500, body: 'never' })
    const made = await quick.call('POST', '/v1/webhooks', {
      token: ROOT_API_KEY,
      body: { url: receiver.url, roomIds: [room.id] },
    })
    await bea.send(room.id, 'hello')
    await eventually(async () => {
      const { body } = await quick.call('GET', `/v1/webhooks/${made.body.webhook.id}`, {
        token: ROOT_API_KEY,
      })
      expect(body.webhook.status).toBe('disabled')
      expect(body.webhook.disabledReason).toContain('It answered 500: never')
    }, PATIENT)
    await impatient.stop()
    await quick[Symbol.asyncDispose]()
  })

  test('Retry-After is heeded for the whole endpoint', async () => {
    const [one, other] = [await ada.createRoom(), await ada.createRoom()]
    const { webhook } = await createWebhook({ roomIds: [one.id, other.id] })
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '3600' } })
    await ada.send(one.id, 'hello')
    await eventually(
      async () => expect((await webhookOf(webhook.id)).holdUntil).not.toBeNull(),
      PATIENT,
    )
    const held = receiver.refused.length
    await ada.send(other.id, 'hello')
    await worker.settled('webhooks')
    // The sweep has looked since, and found nobody to call.
    const looks = async () =>
      (await (await fetch(`${worker.url}/metrics`)).text()).match(
        /parley_jobs_not_due_total\{[^}]*job="webhook-sweep"[^}]*\} (\d+)/u,
      )?.[1]
    const before = Number(await looks())
    await eventually(async () => expect(Number(await looks())).toBeGreaterThan(before + 1), PATIENT)
    await worker.settled('webhooks')
    expect(receiver.refused).toHaveLength(held)
    receiver.answer = () => undefined
    await call('POST', `/${webhook.id}/enable`)
    await eventually(() => expect(receiver.taken).toHaveLength(2), PATIENT)
  })
})

describe('what may go wrong', () => {
  test('a worker that dies between a delivery and its note sends it again under the same id', async () => {
    const room = await ada.createRoom()
    await createWebhook({ roomIds: [room.id] })
    receiver.answer = async ({ body }) => {
      // Somebody else has the room in hand: for this worker it is as if it had died here.
      if (body.event.seq === room.head + 2 && receiver.seqsOf(room.id).length === 1) {
        await api.database.query(
          'UPDATE webhook_cursor SET claim = NULL, due_at = UTC_TIMESTAMP(3)',
        )
      }
      return undefined
    }
    for (let n = 1; n <= 5; n += 1) await ada.send(room.id, `message ${n}`)
    await eventually(() => expect(receiver.seqsOf(room.id).at(-1)).toBe(room.head + 5), PATIENT)
    const [first, second, ...rest] = after(room, 5)
    expect(receiver.seqsOf(room.id)).toEqual([first, second, second, ...rest])
  })

  test('Redis that is emptied in the middle loses nothing', async () => {
    const rooms = await Promise.all([ada.createRoom(), ada.createRoom(), ada.createRoom()])
    await createWebhook({ roomIds: rooms.map(({ id }) => id) })
    const redis = new Redis(redisDatabase())
    for (let n = 1; n <= 30; n += 1) {
      await Promise.all(rooms.map(({ id }) => ada.send(id, `message ${n}`)))
      if (n % 5 === 0) await redis.flushdb()
    }
    redis.disconnect()
    for (const room of rooms) {
      await eventually(() => expect(receiver.seqsOf(room.id)).toEqual(after(room, 30)), PATIENT)
    }
  })

  test('two workers side by side send each event once and in order', async () => {
    await using second = await startTestWorker(api.databaseUrl, { REDIS_URL: redisDatabase() })
    const rooms = await Promise.all([1, 2, 3, 4, 5, 6].map(() => ada.createRoom()))
    await createWebhook({ roomIds: rooms.map(({ id }) => id) })
    for (let n = 1; n <= 20; n += 1) {
      await Promise.all(rooms.map(({ id }) => ada.send(id, `message ${n}`)))
    }
    const allCame = () => {
      for (const room of rooms) expect(receiver.seqsOf(room.id)).toEqual(after(room, 20))
    }
    await eventually(allCame, PATIENT)
    // And none comes once more.
    await worker.settled('webhooks')
    allCame()
    await second.stop()
  })
})
