import { randomUUID } from 'node:crypto'
import { roomNewsChannel, type Event } from '@parley/message-schema'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
let bob: Actor
let roomId: string
let redis: Redis
beforeAll(async () => {
  api = await startTestApi()
  redis = new Redis(redisUrl())
})
afterAll(async () => {
  redis.disconnect()
  await api[Symbol.asyncDispose]()
})
beforeEach(async () => {
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
  roomId = (await ada.createRoom()).id
})

const seqsOf = (list: readonly { seq: number }[]): number[] => list.map(({ seq }) => seq)
const headOf = async (actor: Actor, id = roomId): Promise<number> =>
  (await actor.get(`/v1/rooms/${id}`)).body.room.head
/** The API listens for news of these rooms: somebody waits there for what comes next. */
const areAwaited = (...rooms: string[]): Promise<void> =>
  eventually(
    async () => {
      const channels = rooms.map(roomNewsChannel)
      const counts = (await redis.pubsub('NUMSUB', ...channels)) as unknown[]
      expect(counts).toEqual(channels.flatMap((channel) => [channel, 1]))
    },
    { timeoutMs: 15_000 },
  )
const sync = (actor: Actor, body: object) => actor.call('POST', '/v1/sync', body)

async function sendMany(actor: Actor, count: number): Promise<number[]> {
  const seqs: number[] = []
  for (let i = 0; i < count; i += 1) seqs.push(await actor.send(roomId, `message ${i}`))
  return seqs
}

describe('messages', () => {
  test('are read to both ends, each once, in order', async () => {
    const sent = await sendMany(ada, 23)
    const page = async (query: string) =>
      (await ada.get(`/v1/rooms/${roomId}/messages?limit=5${query}`)).body

    const back: number[] = []
    let body = await page('')
    expect(body.page.hasMoreAfter).toBe(false)
    for (;;) {
      back.unshift(...seqsOf(body.data))
      if (!body.page.hasMoreBefore) break
      body = await page(`&before=${body.page.before}`)
      expect(body.page.hasMoreAfter).toBe(true)
    }
    expect(back).toEqual(sent)

    const forth: number[] = []
    for (let after = 0; ; after = body.page.after) {
      body = await page(`&after=${after}`)
      expect(body.page.hasMoreBefore).toBe(after !== 0)
      forth.push(...seqsOf(body.data))
      if (!body.page.hasMoreAfter) break
    }
    expect(forth).toEqual(sent)
    expect(body.head).toBe(await headOf(ada))
  })

  test('around one of them come its neighbours on both sides', async () => {
    const sent = await sendMany(ada, 11)
    const around = async (at: number) =>
      (await ada.get(`/v1/rooms/${roomId}/messages?limit=4&around=${at}`)).body
    const middle = await around(sent[5] ?? 0)
    expect(seqsOf(middle.data)).toEqual(sent.slice(3, 7))
    expect(middle.page).toMatchObject({ hasMoreBefore: true, hasMoreAfter: true })
    expect(seqsOf((await around(0)).data)).toEqual(sent.slice(0, 4))
    expect(seqsOf((await around(10 ** 9)).data)).toEqual(sent.slice(-4))
    const both = await ada.get(`/v1/rooms/${roomId}/messages?before=1&after=2`)
    expect(both.status).toBe(400)
  })

  test('stand as they were edited last, and deleted ones have no body left', async () => {
    const seq = await ada.send(roomId, 'first', { payload: { a: 1 }, mentions: [ada.id] })
    const path = `/v1/rooms/${roomId}/messages/${seq}`
    const edit = await ada.call('PATCH', path, { text: 'second', ifVersion: 0 })
    expect([edit.status, edit.body.version]).toEqual([200, 1])
    expect((await ada.call('PATCH', path, { text: 'third', ifVersion: 0 })).status).toBe(409)
    const edited = (await ada.get(path)).body.message
    expect(edited).toMatchObject({ seq, text: 'second', payload: { a: 1 }, version: 1 })
    expect(edited.editedAt).toBeDefined()

    const gone = await ada.call('DELETE', path)
    expect(gone.status).toBe(200)
    const [message] = await ada.messages(roomId)
    expect(message).toMatchObject({ seq, text: null, mentions: [], sender: { displayName: 'Ada' } })
    expect(message?.deletedAt).toBeDefined()
    expect(JSON.stringify(message)).not.toMatch(/first|second|payload/u)
    expect((await ada.call('PATCH', path, { text: 'again' })).status).toBe(410)
  })

  test('one id makes one message, whether in the body or in the header, UUID or not', async () => {
    const path = `/v1/rooms/${roomId}/messages`
    for (const key of [randomUUID(), 'order-4711/confirmation']) {
      const send = () => ada.call('POST', path, { text: key }, { 'idempotency-key': key })
      const [first, second] = [await send(), await send()]
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.body).toMatchObject({ seq: first.body.seq, dup: true })
      const other = await ada.call('POST', path, { text: 'else' }, { 'idempotency-key': key })
      expect(other.body.code).toBe('IDEMPOTENCY_MISMATCH')
    }
    expect(await ada.messages(roomId)).toHaveLength(2)
  })

  test('a read cursor is one for all, and goes no further than the head', async () => {
    await bob.join(roomId)
    const [first = 0] = await sendMany(ada, 3)
    const read = (body: object) => bob.call('PUT', `/v1/rooms/${roomId}/read`, body)
    expect((await read({ upTo: first })).body).toEqual({ readSeq: first, unread: 2, mentions: 0 })
    expect((await read({ upTo: 1 })).body.readSeq).toBe(first)
    expect((await read({ upTo: 10 ** 6 })).body.code).toBe('CURSOR_AHEAD')
    expect((await bob.get(`/v1/rooms/${roomId}`)).body.room.me.unread).toBe(2)
  })
})

describe('the log', () => {
  test('is dense, and only authors see their clientMsgId', async () => {
    await bob.join(roomId)
    await sendMany(ada, 5)
    const head = await headOf(bob)
    const events = async (actor: Actor) =>
      (await actor.get(`/v1/rooms/${roomId}/events`)).body.data as Event[]
    expect(seqsOf(await events(bob))).toEqual(Array.from({ length: head }, (_, i) => i + 1))
    expect((await events(bob)).some(({ clientMsgId }) => clientMsgId !== undefined)).toBe(false)
    expect((await events(ada)).filter(({ clientMsgId }) => clientMsgId !== undefined)).toHaveLength(
      5,
    )
    expect((await bob.messages(roomId))[0]).not.toHaveProperty('clientMsgId')
    expect((await ada.messages(roomId))[0]).toHaveProperty('clientMsgId')
  })

  test('is paged without holes, and a place beyond the head is refused', async () => {
    await sendMany(ada, 7)
    const head = await headOf(ada)
    const seen: number[] = []
    for (let after = 0; ;) {
      const { body } = await ada.get(`/v1/rooms/${roomId}/events?limit=3&after=${after}`)
      seen.push(...seqsOf(body.data))
      after = body.page.after
      expect(body.page.hasMoreAfter).toBe(after < head)
      if (!body.page.hasMoreAfter) break
    }
    expect(seen).toEqual(Array.from({ length: head }, (_, i) => i + 1))
    const ahead = await ada.get(`/v1/rooms/${roomId}/events?after=${head + 1}`)
    expect([ahead.status, ahead.body.code]).toEqual([409, 'CURSOR_AHEAD'])
  })

  test('full pages may be kept for ever by one reader, the open one is asked for again', async () => {
    const all = Array.from({ length: 260 }, (_, i) => ada.send(roomId, `message ${i}`))
    await Promise.all(all)
    const head = await headOf(ada)
    const page = (n: number, headers = {}) =>
      ada.call('GET', `/v1/rooms/${roomId}/events/pages/${n}`, undefined, headers)
    const full = await page(1)
    expect(seqsOf(full.body.data)).toEqual(Array.from({ length: 256 }, (_, i) => i + 1))
    expect(full.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(full.headers.get('vary')).toContain('Authorization')
    await ada.send(roomId, 'the head moves on')
    const validator = {
      'if-none-match': full.headers.get('etag') ?? '',
      'cache-control': 'max-age=0',
    }
    expect((await page(1, validator)).status).toBe(304)
    const open = await page(2)
    expect(seqsOf(open.body.data).at(-1)).toBe(head + 1)
    expect(open.headers.get('cache-control')).toBe('private, no-cache')
    expect((await page(3)).body.data).toEqual([])
    // What somebody came too late for may be shown to them one day: theirs is not for ever.
    await ada.join(roomId, bob.id)
    await api.database.query(
      'UPDATE room_member SET visible_from = 9 WHERE room_id = ? AND user_id = ?',
      [toBytes(roomId), bob.id],
    )
    const part = await bob.get(`/v1/rooms/${roomId}/events/pages/1`)
    expect(seqsOf(part.body.data)[0]).toBe(9)
    expect(part.headers.get('cache-control')).toBe('private, no-cache')
  })

  test('a waiting reader is answered when something happens, and when nothing does', async () => {
    const head = await headOf(ada)
    const wait = (waitMs: number) =>
      ada.get(`/v1/rooms/${roomId}/events?after=${head}&waitMs=${waitMs}`)
    const waiting = wait(20_000)
    await areAwaited(roomId)
    const seq = await ada.send(roomId, 'news')
    expect(seqsOf((await waiting).body.data)).toEqual([seq])
    const startedAt = performance.now()
    const idle = await ada.get(`/v1/rooms/${roomId}/events?after=${seq}&waitMs=200`)
    expect(idle.body).toMatchObject({ data: [], page: { after: seq, hasMoreAfter: false } })
    expect(performance.now() - startedAt).toBeGreaterThan(150)
  })

  test('who is removed while waiting is not told what is said then', async () => {
    await bob.join(roomId)
    const other = (await bob.createRoom()).id
    const head = await headOf(bob)
    const waiting = bob.get(`/v1/rooms/${roomId}/events?after=${head}&waitMs=20000`)
    await areAwaited(roomId)
    const rooms = { [roomId]: head, [other]: await headOf(bob, other) }
    const syncing = sync(bob, { rooms, waitMs: 20_000 })
    await areAwaited(roomId, other)
    await ada.leave(roomId, bob.id)
    await ada.send(roomId, 'not for Bob')
    expect((await waiting).body.code).toBe('NOT_MEMBER')
    expect((await syncing).body.rooms[roomId]).toMatchObject({ reset: true, reason: 'not-member' })
  })

  test('a client that goes away while it waits leaves nothing behind', async () => {
    const controller = new AbortController()
    const waiting = api.call(
      'GET',
      `/v1/rooms/${roomId}/events?after=${await headOf(ada)}&waitMs=20000`,
      {
        token: ada.session.accessToken,
        signal: controller.signal,
      },
    )
    const isGone = expect(waiting).rejects.toThrow()
    await areAwaited(roomId)
    controller.abort()
    await isGone
    await eventually(async () =>
      expect(await redis.pubsub('NUMSUB', roomNewsChannel(roomId))).toEqual([
        roomNewsChannel(roomId),
        0,
      ]),
    )
    expect((await ada.get('/v1/me')).status).toBe(200)
  })
})

describe('sync', () => {
  test('without rooms it answers the heads of all of mine', async () => {
    const { body } = await sync(ada, {})
    const head = await headOf(ada)
    expect(body.rooms).toEqual({ [roomId]: { from: head, to: head, head, events: [] } })
    expect(body.epoch).toBe(1)
  })

  test('it catches up in many rooms, and says why where it cannot', async () => {
    const other = (await ada.createRoom()).id
    const foreign = (await bob.createRoom({ visibility: 'private' })).id
    await ada.send(roomId, 'hello')
    const head = await headOf(ada)
    const { body } = await sync(ada, { rooms: { [roomId]: head - 1, [other]: 99, [foreign]: 0 } })
    expect(body.rooms[roomId]).toMatchObject({ from: head - 1, to: head, head })
    expect(seqsOf(body.rooms[roomId].events)).toEqual([head])
    expect(body.rooms[other]).toMatchObject({ reset: true, reason: 'ahead' })
    expect(body.rooms[foreign]).toEqual({ reset: true, head: 0, reason: 'not-member' })
    const epoch = await sync(ada, { rooms: { [roomId]: head }, epoch: 7 })
    expect(epoch.body.rooms[roomId]).toEqual({ reset: true, head, reason: 'epoch' })
  })

  test('rooms that do not fit come with the next call; one that never fits is reset', async () => {
    const other = (await ada.createRoom()).id
    for (let i = 0; i < 4; i += 1) await ada.send(other, `message ${i}`)
    await sendMany(ada, 4)
    const since = { [roomId]: 2, [other]: 2 }
    const first = (await sync(ada, { rooms: since, limit: 5 })).body
    expect([Object.keys(first.rooms), first.more]).toEqual([[roomId], true])
    const second = (await sync(ada, { rooms: { [other]: 2 }, limit: 5 })).body
    expect(seqsOf(second.rooms[other].events)).toEqual([3, 4, 5, 6])
    expect(second).not.toHaveProperty('more')
    const small = (await sync(ada, { rooms: since, limit: 3 })).body
    expect(small.rooms[roomId]).toMatchObject({ reset: true, reason: 'too-far' })
  })

  test('it waits for something new in any of the rooms', async () => {
    const other = (await ada.createRoom()).id
    const rooms = { [roomId]: await headOf(ada), [other]: await headOf(ada, other) }
    const waiting = sync(ada, { rooms, waitMs: 20_000 })
    await areAwaited(roomId, other)
    const seq = await ada.send(other, 'news')
    expect(seqsOf((await waiting).body.rooms[other].events)).toEqual([seq])
  })
})

test('in a room with since-join history, no route shows what was before one came', async () => {
  roomId = (await ada.createRoom({ history: 'since-join' })).id
  const early = await ada.send(roomId, 'EARLY')
  await ada.send(roomId, 'EARLY too', { mentions: [bob.id] })
  await bob.join(roomId)
  const late = await ada.send(roomId, 'late')
  const base = `/v1/rooms/${roomId}`
  const answers = await Promise.all([
    ...['', '?after=0', `?before=${late}`, `?around=${early}`].map((q) =>
      bob.get(`${base}/messages${q}`),
    ),
    bob.get(`${base}/messages/${early}`),
    bob.get(`${base}/events`),
    bob.get(`${base}/events?after=${early}`),
    bob.get(`${base}/events/pages/1`),
    sync(bob, { rooms: { [roomId]: 0 } }),
    bob.get('/v1/rooms'),
    bob.get(base),
  ])
  for (const { body } of answers) expect(JSON.stringify(body)).not.toContain('EARLY')
  expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([404])
  expect(seqsOf(answers[0]?.body.data)).toEqual([late])
  expect(seqsOf(answers[5]?.body.data)).toEqual([late - 1, late])
  const synced = answers[8]?.body.rooms[roomId]
  expect([synced.from, seqsOf(synced.events)]).toEqual([late - 2, [late - 1, late]])
  expect(answers[9]?.body.data[0].me).toMatchObject({ unread: 1, mentions: 0 })
  const answer = { text: 'answer', replyTo: early }
  expect((await bob.call('POST', `${base}/messages`, answer)).status).toBe(400)
  expect((await ada.messages(roomId))[0]?.text).toBe('EARLY')
})
