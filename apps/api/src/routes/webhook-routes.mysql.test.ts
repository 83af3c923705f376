import { randomUUID } from 'node:crypto'
import { ROUTES, WebhookBody, type RouteSpec, type Webhook } from '@parley/message-schema'
import { eventually } from '@parley/testkit'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'
import { startReceiver, type Received, type WebhookReceiver } from '../testing/webhook-receiver.ts'

const PATIENT = { timeoutMs: 20_000 }
let api: TestApi
let ada: Actor
let worker: TestWorker
let receiver: WebhookReceiver
beforeAll(async () => {
  api = await startTestApi({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' })
  ada = await api.guest('Ada')
  worker = await startTestWorker(api.databaseUrl)
  receiver = await startReceiver()
})
afterAll(async () => {
  await worker.stop()
  await receiver[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const call = (method: string, path: string, body?: unknown, token = ROOT_API_KEY) =>
  api.call(method, `/v1/webhooks${path}`, { token, ...(body !== undefined && { body }) })

async function createWebhook(draft: object = {}): Promise<{ webhook: Webhook; secret: string }> {
  const answer = await call('POST', '', { url: receiver.url, ...draft })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body as { webhook: Webhook; secret: string }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const verifies = (secret: string, { text, headers }: Received): boolean => {
  try {
    new Verifier(secret).verify(text, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

describe('who may', () => {
  const webhookRoutes = Object.entries(ROUTES).filter(([, { path }]) =>
    path.startsWith('/v1/webhooks'),
  ) as [string, RouteSpec][]

  test.each(webhookRoutes)('%s is for keys with webhooks:write', async (_, { method, path }) => {
    const at = path.slice('/v1/webhooks'.length).replaceAll(/:\w+/gu, randomUUID())
    const made = await api.call('POST', '/v1/api-keys', {
      token: ROOT_API_KEY,
      body: { name: 'Wrong', scopes: ['rooms:read', 'users:write'] },
    })
    const statuses = await Promise.all([
      api.call(method.toUpperCase(), `/v1/webhooks${at}`),
      call(method.toUpperCase(), at, undefined, ada.session.accessToken),
      call(method.toUpperCase(), at, undefined, made.body.token as string),
    ])
    expect(statuses.map(({ status }) => status)).toEqual([401, 403, 403])
  })
})

describe('managing', () => {
  test('its secret is shown once, and never again', async () => {
    const { webhook, secret } = await createWebhook({ description: 'Orders' })
    expect(secret).toMatch(/^whsec_/u)
    const answers = [await call('GET', `/${webhook.id}`), await call('GET', '')]
    expect(answers[0]!.body.webhook).toEqual(webhook)
    expect(JSON.stringify(answers)).not.toContain('secret":"')
    expect(webhook).toMatchObject({ description: 'Orders', status: 'active', createdBy: 'root' })
    await call('DELETE', `/${webhook.id}`)
    expect((await call('GET', `/${webhook.id}`)).status).toBe(404)
    expect((await call('DELETE', `/${webhook.id}`)).status).toBe(404)
  })

  test.each([
    [{ url: 'ftp://example.com/' }],
    [{ url: 'https://user:password@example.com/' }],
    [{ url: 'https://10.0.0.1/hook' }],
    [{ url: 'https://[::1]/hook' }],
    [{ url: 'https://example.com:22/' }],
    [{ url: 'https://example.com/', events: [] }],
    [{ url: 'https://example.com/', events: ['typing'] }],
    [{ url: 'https://example.com/', events: ['pin:changed', 'pin:changed'] }],
    [{ url: 'https://example.com/', roomIds: [randomUUID()] }],
    [{ url: 'https://example.com/', secret: 'mine' }],
    [{}],
  ])('%j is refused', async (draft) => {
    const { status, body } = await call('POST', '', draft)
    expect([status, body.code]).toEqual([400, 'INVALID'])
  })

  test.each(['https://10.0.0.1/hook', 'https://example.com:22/'])(
    '%s: the answer names the setting that would allow it',
    async (url) => {
      const { body } = await call('POST', '', { url })
      expect(body.message).toContain('WEBHOOK_ALLOWED_HOSTS')
    },
  )

  test('a name that leads to this machine is refused when it is called, and says why', async () => {
    // `localhost` is not among the allowed hosts of this test; `127.0.0.1` is.
    const { webhook } = await createWebhook({ url: 'http://localhost/' })
    const { body } = await call('POST', `/${webhook.id}/test`)
    expect(body).toMatchObject({
      delivered: false,
      error: expect.stringContaining('WEBHOOK_ALLOWED_HOSTS') as string,
    })
    await call('DELETE', `/${webhook.id}`)
  })

  test('an address may be long, but not that long', async () => {
    const { status } = await call('POST', '', { url: `https://example.com/${'a'.repeat(2_100)}` })
    expect(status).toBe(400)
  })

  test('a change says what is so now', async () => {
    const { webhook } = await createWebhook()
    const changes = { events: ['pin:changed'], description: 'Pins', url: `${receiver.url}/pins` }
    const { body } = await call('PATCH', `/${webhook.id}`, { ...changes, disabled: true })
    expect(body.webhook).toMatchObject({
      ...changes,
      status: 'disabled',
      disabledReason: 'It was disabled by hand.',
    })
    const back = await call('PATCH', `/${webhook.id}`, { events: null, disabled: false })
    expect(back.body.webhook).toMatchObject({ events: null, status: 'active', disabledAt: null })
    expect((await call('PATCH', `/${webhook.id}`, { url: 'https://127.0.0.2/' })).status).toBe(400)
    await call('DELETE', `/${webhook.id}`)
  })

  test('lists page by page', async () => {
    const made = [await createWebhook(), await createWebhook(), await createWebhook()]
    const ids = made.map(({ webhook }) => webhook.id)
    const one = await call('GET', '?limit=2')
    const two = await call('GET', `?limit=2&after=${one.body.page.after}`)
    const seen = [...one.body.data, ...two.body.data].map(({ id }: Webhook) => id)
    expect(seen).toEqual(ids)
    expect(two.body.page).toMatchObject({ after: two.body.data.at(-1).id, hasMoreAfter: false })
    for (const id of ids) await call('DELETE', `/${id}`)
  })

  test('what is done is written down, without secrets', async () => {
    const { webhook, secret } = await createWebhook()
    await call('POST', `/${webhook.id}/rotate-secret`)
    await call('DELETE', `/${webhook.id}`)
    const rows = await api.database.query(
      'SELECT action, actor_id, details FROM audit_entry WHERE target_id = ? ORDER BY id',
      [webhook.id],
    )
    expect((rows as { action: string }[]).map(({ action }) => action)).toEqual([
      'webhook:create',
      'webhook:rotate',
      'webhook:delete',
    ])
    expect(JSON.stringify(rows)).not.toContain(secret)
  })
})

describe('secrets and tests', () => {
  test('after a rotation both secrets sign, and after a rotation at once only the new one', async () => {
    const { webhook, secret } = await createWebhook({ events: ['pin:changed'] })
    const before = receiver.taken.length
    const rotated = await call('POST', `/${webhook.id}/rotate-secret`)
    expect(rotated.body.webhook.previousSecretUntil).not.toBeNull()
    await call('POST', `/${webhook.id}/test`)
    const last = await call('POST', `/${webhook.id}/rotate-secret`, { graceS: 0 })
    await call('POST', `/${webhook.id}/test`)
    const [both, one] = receiver.taken.slice(before)
    const secrets = [secret, rotated.body.secret as string, last.body.secret as string]
    expect(secrets.map((each) => verifies(each, both!))).toEqual([true, true, false])
    expect(secrets.map((each) => verifies(each, one!))).toEqual([false, false, true])
    await call('DELETE', `/${webhook.id}`)
  })

  test('a test tells what the endpoint said', async () => {
    const { webhook } = await createWebhook({ disabled: true })
    const good = await call('POST', `/${webhook.id}/test`)
    expect(good.body).toMatchObject({ delivered: true, statusCode: 204, error: null })
    const received = receiver.taken.at(-1)!
    expect(WebhookBody.parse(received.body)).toMatchObject({
      type: 'webhook.test',
      webhookId: webhook.id,
    })
    receiver.answer = () => ({ status: 500, body: 'x'.repeat(5_000) })
    const bad = await call('POST', `/${webhook.id}/test`)
    expect(bad.body).toMatchObject({ delivered: false, statusCode: 500 })
    expect(bad.body.error).toBe(`It answered 500: ${'x'.repeat(200)}`)
    receiver.answer = () => undefined
    await call('PATCH', `/${webhook.id}`, { url: 'http://127.0.0.1:1/' })
    const none = await call('POST', `/${webhook.id}/test`)
    expect(none.body).toMatchObject({ delivered: false, statusCode: null })
    await call('DELETE', `/${webhook.id}`)
  })
})

describe('once more', () => {
  test('a range is replayed in order, beside what comes', async () => {
    const room = await ada.createRoom()
    let head = 0
    for (let n = 1; n <= 6; n += 1) head = await ada.send(room.id, `message ${n}`)
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    const asked = { roomId: room.id, fromSeq: 3, toSeq: 100 }
    const { status, body } = await call('POST', `/${webhook.id}/replay`, asked)
    expect([status, body]).toEqual([202, { ...asked, toSeq: head }])
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual(range(3, head)), PATIENT)
    await eventually(async () => {
      const cursors = await api.database.query(
        'SELECT next_seq, due_at FROM webhook_cursor WHERE webhook_id = UNHEX(?)',
        [webhook.id.replaceAll('-', '')],
      )
      // The replay is over, and the room itself was not moved by it.
      expect(cursors).toMatchObject([{ next_seq: head + 1, due_at: null }])
    }, PATIENT)
    await call('DELETE', `/${webhook.id}`)
  })

  test.each([
    [{ fromSeq: 50, toSeq: 60 }, 'CURSOR_AHEAD'],
    [{ fromSeq: 3, toSeq: 2 }, 'INVALID'],
    [{ fromSeq: 1, toSeq: 10_001 }, 'INVALID'],
    [{ roomId: randomUUID(), fromSeq: 1, toSeq: 2 }, 'NOT_FOUND'],
  ])('a replay of %j is refused with %s', async (range, code) => {
    const room = await ada.createRoom()
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    const { body } = await call('POST', `/${webhook.id}/replay`, { roomId: room.id, ...range })
    expect(body.code).toBe(code)
    await call('DELETE', `/${webhook.id}`)
  })

  test('a disabled webhook, or one for other rooms, replays nothing', async () => {
    const [room, other] = [await ada.createRoom(), await ada.createRoom()]
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    const replay = (roomId: string) =>
      call('POST', `/${webhook.id}/replay`, { roomId, fromSeq: 1, toSeq: 1 })
    expect((await replay(other.id)).body.code).toBe('REJECTED')
    await call('PATCH', `/${webhook.id}`, { disabled: true })
    expect((await replay(room.id)).body.code).toBe('REJECTED')
    await call('DELETE', `/${webhook.id}`)
  })

  test('a delivery can be sent again, whether it was taken or waits', async () => {
    const room = await ada.createRoom()
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    const path = `/${webhook.id}/deliveries`
    const seq = await ada.send(room.id, 'one')
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual([seq]), PATIENT)
    const [taken] = await eventually(async () => {
      const { data } = (await call('GET', path)).body
      expect(data).toHaveLength(1)
      return data
    }, PATIENT)
    expect((await call('POST', `${path}/${taken.id}/retry`)).status).toBe(202)
    await eventually(() => expect(receiver.seqsOf(room.id)).toEqual([seq, seq]), PATIENT)
    expect((await call('POST', `${path}/${randomUUID()}/retry`)).status).toBe(404)
    await call('DELETE', `/${webhook.id}`)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('deliveries page both ways, and by status', async () => {
    const room = await ada.createRoom()
    const { webhook } = await createWebhook({ roomIds: [room.id] })
    let head = 0
    for (let n = 1; n <= 5; n += 1) head = await ada.send(room.id, `message ${n}`)
    await eventually(() => expect(receiver.seqsOf(room.id)).toHaveLength(5), PATIENT)
    const list = async (query: string) => {
      const { body } = await call('GET', `/${webhook.id}/deliveries?limit=2${query}`)
      return { seqs: body.data.map(({ seq }: { seq: number }) => seq), page: body.page }
    }
    const latest = await eventually(async () => {
      const found = await list('')
      expect(found.seqs).toEqual([head - 1, head])
      return found
    }, PATIENT)
    expect(latest.page).toMatchObject({ hasMoreBefore: true, hasMoreAfter: false })
    const middle = await list(`&before=${latest.page.before}`)
    expect(middle.seqs).toEqual([head - 3, head - 2])
    const forward = await list(`&after=${middle.page.after}`)
    expect(forward.seqs).toEqual([head - 1, head])
    expect((await list('&status=pending')).seqs).toEqual([])
    expect((await list('&status=delivered')).seqs).toEqual([head - 1, head])
    await call('DELETE', `/${webhook.id}`)
  })
})
