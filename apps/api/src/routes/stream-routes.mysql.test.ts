import { randomUUID } from 'node:crypto'
import { eventually } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
let bob: Actor
let roomId: string
beforeAll(async () => {
  api = await startTestApi({ STREAMS_PER_USER: '2', STREAM_HEARTBEAT_MS: '200' })
})
afterAll(() => api[Symbol.asyncDispose]())
beforeEach(async () => {
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
  roomId = (await ada.createRoom()).id
  await bob.join(roomId)
})

interface Heard {
  readonly id?: string
  readonly event: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever was answered
  readonly data: any
}

/** Reads as a browser does. `heard` grows; `ended` says that the server has closed it. */
class Listener {
  readonly heard: Heard[] = []
  readonly response: Response
  comments = 0
  hasEnded = false
  readonly #leaving: AbortController

  constructor(response: Response, leaving: AbortController) {
    this.response = response
    this.#leaving = leaving
    void this.#read()
  }

  get seqs(): number[] {
    return this.heard.flatMap(({ data }) => data.seq ?? [])
  }

  get lastId(): string | undefined {
    return this.heard.findLast(({ id }) => id !== undefined)?.id
  }

  leave(): void {
    this.#leaving.abort()
  }

  async #read(): Promise<void> {
    let text = ''
    try {
      const decoder = new TextDecoder()
      for await (const bytes of this.response.body ?? []) {
        text += decoder.decode(bytes as Uint8Array, { stream: true })
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      }
      this.hasEnded = true
    } catch {
      // It was left.
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 2)] as const
      }),
    )
    if (fields.has('')) this.comments += 1
    const event = fields.get('event')
    if (event === undefined) return
    const id = fields.get('id')
    this.heard.push({
      event,
      data: JSON.parse(fields.get('data') ?? 'null'),
      ...(id !== undefined && { id }),
    })
  }
}

async function listen(path: string, headers: Record<string, string> = {}): Promise<Listener> {
  const leaving = new AbortController()
  const response = await fetch(api.url + path, { headers, signal: leaving.signal })
  return new Listener(response, leaving)
}

const listenAs = (actor: Actor, query = '', more: Record<string, string> = {}): Promise<Listener> =>
  listen(`/v1/rooms/${roomId}/stream${query}`, {
    authorization: `Bearer ${actor.session.accessToken}`,
    ...more,
  })

const eventsOf = async (actor: Actor, after: number) =>
  (await actor.get(`/v1/rooms/${roomId}/events?after=${after}`)).body.data

const begun = (listener: Listener): Promise<void> =>
  eventually(() => expect(listener.heard[0]?.event).toBe('stream:begun'))

test('what is said is told with its seq, as the events route has it', async () => {
  const listener = await listenAs(bob)
  await begun(listener)
  expect(listener.response.headers.get('content-type')).toContain('text/event-stream')
  expect(listener.response.headers.get('x-accel-buffering')).toBe('no')
  expect(listener.heard[0]).toMatchObject({ id: `${roomId}:3`, data: { roomId, from: 3, head: 3 } })
  const first = await ada.send(roomId, 'one\ntwo\u2028three')
  const second = await bob.send(roomId, 'mine')
  await ada.call('DELETE', `/v1/rooms/${roomId}/messages/${second}`)
  await eventually(() => expect(listener.seqs).toEqual([first, second, second + 1]))
  const told = listener.heard.slice(1)
  expect(told.map(({ id }) => id)).toEqual(listener.seqs.map((seq) => `${roomId}:${seq}`))
  expect(told.map(({ event }) => event)).toEqual(told.map(({ data }) => data.type))
  // What was deleted since is a tombstone there; the rest is the same, also who sees its own ids.
  const read = await eventsOf(bob, 3)
  expect([told[0]?.data, told[2]?.data]).toEqual([read[0], read[2]])
  expect(told[0]?.data).not.toHaveProperty('clientMsgId')
  expect(told[1]?.data).toHaveProperty('clientMsgId')
  listener.leave()
})

test('a reader that comes back goes on without a hole and without doubling', async () => {
  const seqs: number[] = []
  const read: number[] = []
  let lastId = `${roomId}:0`
  const talking = (async () => {
    for (let n = 0; n < 130; n += 1) seqs.push(await ada.send(roomId, `message ${n}`))
  })()
  for (let turn = 0; turn < 6; turn += 1) {
    const listener = await listenAs(bob, '', { 'last-event-id': lastId })
    await eventually(() => expect(listener.seqs.length).toBeGreaterThan(turn))
    listener.leave()
    read.push(...listener.seqs)
    lastId = listener.lastId ?? lastId
  }
  await talking
  const last = await listenAs(bob, '', { 'last-event-id': lastId })
  await eventually(() => expect([...read, ...last.seqs].at(-1)).toBe(seqs.at(-1)))
  last.leave()
  read.push(...last.seqs)
  expect(read).toEqual(Array.from({ length: seqs.at(-1) ?? 0 }, (_, n) => n + 1))
}, 30_000)

test('positions that are none, of another room, or beyond the head are refused', async () => {
  const refused = async (id: string) => {
    const path = `/v1/rooms/${roomId}/stream`
    const answer = await bob.call('GET', path, undefined, { 'last-event-id': id })
    return answer.body.code
  }
  expect(await refused('7')).toBe('INVALID')
  expect(await refused(`${roomId}:-1`)).toBe('INVALID')
  expect(await refused(`${roomId}:1e3`)).toBe('INVALID')
  expect(await refused(`${randomUUID()}:1`)).toBe('INVALID')
  expect(await refused(`${roomId}:99`)).toBe('CURSOR_AHEAD')
  expect((await bob.get(`/v1/rooms/${roomId}/stream?after=99`)).body.code).toBe('CURSOR_AHEAD')
})

test('a quiet stream says so, and a HEAD request is answered at once', async () => {
  const listener = await listenAs(bob)
  await eventually(() => expect(listener.comments).toBeGreaterThan(1))
  expect(listener.heard).toHaveLength(1)
  listener.leave()
  const head = await fetch(`${api.url}/v1/rooms/${roomId}/stream`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${bob.session.accessToken}` },
  })
  expect(head.status).toBe(200)
})

test('who is removed is handed nothing of after it, and told why it ends', async () => {
  const listener = await listenAs(bob)
  await begun(listener)
  const before = await ada.send(roomId, 'before')
  await eventually(() => expect(listener.seqs).toEqual([before]))
  await ada.leave(roomId, bob.id)
  await ada.send(roomId, 'after')
  await eventually(() => expect(listener.hasEnded).toBe(true))
  expect(listener.seqs).toEqual([before])
  expect(listener.heard.at(-1)).toMatchObject({
    event: 'stream:end',
    data: { code: 'NOT_MEMBER', retryable: false },
  })
  expect(listener.lastId).toBe(`${roomId}:${before}`)
  expect((await bob.get(`/v1/rooms/${roomId}/stream`)).body.code).toBe('NOT_MEMBER')
})

test('of a room with history since joining nothing from before is told', async () => {
  roomId = (await ada.createRoom({ history: 'since-join' })).id
  await ada.send(roomId, 'before')
  await bob.join(roomId)
  const listener = await listenAs(bob, '?after=0')
  await eventually(() => expect(listener.seqs).toEqual([4]))
  expect(listener.heard[0]?.data).toMatchObject({ from: 3 })
  listener.leave()
})

test('signing out ends the streams of that sign-in, by token and by link', async () => {
  const link = await bob.call('POST', `/v1/rooms/${roomId}/stream/link`)
  expect(link.headers.get('cache-control')).toContain('no-store')
  const [byToken, byLink] = [await listenAs(bob), await listen(link.body.url)]
  await Promise.all([byToken, byLink].map(begun))
  await bob.call('POST', '/v1/auth/logout')
  await ada.send(roomId, 'after')
  for (const listener of [byToken, byLink]) {
    await eventually(() => expect(listener.hasEnded).toBe(true))
    expect(listener.heard.at(-1)?.data.code).toBe('AUTH_REVOKED')
    expect(listener.seqs).toEqual([])
  }
  expect((await api.call('GET', link.body.url)).body.code).toBe('AUTH_REVOKED')
})

test('a link opens its room alone, is no token, and cannot be changed', async () => {
  const { url } = (await bob.call('POST', `/v1/rooms/${roomId}/stream/link`)).body
  const listener = await listen(`${url}&after=0`)
  await eventually(() => expect(listener.seqs).toEqual([1, 2, 3]))
  listener.leave()
  const other = (await bob.createRoom()).id
  expect((await api.call('GET', url.replace(roomId, other))).status).toBe(404)
  expect((await api.call('GET', `${url}x`)).status).toBe(404)
  const token = new URL(url, api.url).searchParams.get('token') ?? ''
  expect((await api.call('GET', '/v1/me', { token })).body.code).toBe('AUTH_INVALID')
  const asLink = `/v1/rooms/${roomId}/stream/linked?token=${bob.session.accessToken}`
  expect((await api.call('GET', asLink)).status).toBe(404)
})

test('a user has so many streams and no more, until one is closed', async () => {
  const open = [await listenAs(bob), await listenAs(bob)]
  await Promise.all(open.map(begun))
  const refused = await bob.get(`/v1/rooms/${roomId}/stream`)
  expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED'])
  expect(refused.headers.get('retry-after')).toBe('5')
  const others = await listenAs(ada)
  await begun(others)
  open[0]?.leave()
  await eventually(async () => {
    const again = await listenAs(bob)
    expect(again.response.status).toBe(200)
    open.push(again)
  })
  for (const listener of [...open, others]) listener.leave()
})

test('a server that stops ends its streams, and they go on elsewhere', async () => {
  const other = await startTestApi({ STREAM_HEARTBEAT_MS: '60000' })
  const eve = await other.guest('Eve')
  const room = await eve.createRoom()
  const leaving = new AbortController()
  const response = await fetch(`${other.url}/v1/rooms/${room.id}/stream`, {
    headers: { authorization: `Bearer ${eve.session.accessToken}` },
    signal: leaving.signal,
  })
  const listener = new Listener(response, leaving)
  await begun(listener)
  await other[Symbol.asyncDispose]()
  await eventually(() => expect(listener.hasEnded).toBe(true))
  expect(listener.heard.at(-1)).toMatchObject({
    event: 'stream:end',
    data: { code: 'DRAINING', retryable: true },
  })
})
