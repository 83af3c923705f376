import type { Event, SyncResult } from '@parley/message-schema'
import { expect, test, vi } from 'vitest'
import type { Pause } from '../rest/pause.ts'
import { createCallsDone } from '../rest/calls-done.ts'
import { problem, startScriptedServer, type Scripted } from '../testing/scripted-server.ts'
import { createHttpLink, type HttpLinkPorts } from './http-link.ts'
import type { LinkClosed } from './link.ts'

const ROOM = '01900000-0000-7000-8000-000000000001'
const OTHER = '01900000-0000-7000-8000-000000000002'
const MSG = '01900000-0000-7000-8000-0000000000aa'

interface SyncBody {
  readonly rooms?: Record<string, number>
  readonly waitMs?: number
  readonly epoch?: number
}

const eventAt = (seq: number): Event => ({
  seq,
  type: 'pin:changed',
  ts: '2026-01-01T00:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  ref: 1,
  data: { on: true },
})

/** A log of rooms that answers `POST /v1/sync` as the API does. */
function createLog() {
  const logs = new Map<string, Event[]>()
  const waiting = new Set<() => void>()
  const visibleFrom = new Map<string, number>()
  const state = { epoch: 3, syncs: [] as SyncBody[] }
  const headOf = (roomId: string): number => logs.get(roomId)?.length ?? 0
  const wake = (): void => {
    for (const resolve of waiting) resolve()
  }
  const answer = (body: SyncBody): SyncResult => {
    const given = Object.entries(body.rooms ?? {})
    const asked = given.length > 0 ? given : [...logs.keys()].map((id) => [id, headOf(id)] as const)
    const rooms = asked.map(([id, since]): [string, SyncResult['rooms'][string]] => {
      const head = headOf(id)
      if (!logs.has(id)) return [id, { reset: true, head: 0, reason: 'not-member' }]
      const isOther = body.epoch !== undefined && body.epoch !== state.epoch
      if (isOther) return [id, { reset: true, head, reason: 'epoch' }]
      const from = Math.max(since, (visibleFrom.get(id) ?? 1) - 1)
      if (head - from > 5) return [id, { reset: true, head, reason: 'too-far' }]
      return [id, { from, to: head, head, events: (logs.get(id) ?? []).slice(from) }]
    })
    return { rooms: Object.fromEntries(rooms), epoch: state.epoch }
  }
  return {
    state,
    visibleFrom,
    join: (roomId: string, head = 1) => {
      logs.set(
        roomId,
        Array.from({ length: head }, (_, n) => eventAt(n + 1)),
      )
      wake()
    },
    leave: (roomId: string) => {
      logs.delete(roomId)
      wake()
    },
    say: (roomId: string, count = 1) => {
      for (let n = 0; n < count; n += 1) logs.get(roomId)?.push(eventAt(headOf(roomId) + 1))
      wake()
    },
    wake,
    async sync(text: string): Promise<Scripted> {
      const body = JSON.parse(text) as SyncBody
      state.syncs.push(body)
      const isSameEpoch = body.epoch === undefined || body.epoch === state.epoch
      const rooms = Object.entries(body.rooms ?? {})
      const isQuiet = isSameEpoch && rooms.every(([id, at]) => headOf(id) === at)
      if (body.waitMs !== undefined && isQuiet) {
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
        })
      }
      return { status: 200, body: answer(body) }
    },
  }
}

type Log = ReturnType<typeof createLog>

const never: Pause = (_ms, signal) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
/** Looks and holds last for ever, backoffs and breaks no time. */
const quick: Pause = (ms, signal) =>
  ms === 1_000 || ms > 5_000 ? never(ms, signal) : new Promise((resolve) => setTimeout(resolve, 1))

async function open(
  log: Log,
  route: (asked: {
    method: string
    path: string
    text: string
  }) => Scripted | null | Promise<Scripted | null> = () => null,
  ports: HttpLinkPorts = {},
) {
  const server = await startScriptedServer(async (asked) => {
    const own = await route(asked)
    if (own !== null) return own
    if (asked.path === '/v1/sync') return await log.sync(asked.text)
    return { status: 200, body: { user: { id: 'ada' } } }
  })
  const told: [string, unknown][] = []
  let hear = (): void => undefined
  const closed = vi.fn<(why: LinkClosed) => void>(() => hear())
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const before = hear
      hear = () => {
        before()
        if (isSo()) resolve()
      }
      hear()
    })
  const link = createHttpLink({ sleep: quick, random: () => 0.5, ...ports })(
    { url: server.url, token: 'token', deviceId: 'd' },
    {
      ready: (session) => {
        told.push(['ready', session])
        hear()
      },
      fact: (name, fact) => {
        told.push([name, fact])
        hear()
      },
      closed,
    },
  )
  const isTold = (name: string) => () => told.some(([one]) => one === name)
  const rooms = () => told.filter(([name]) => name !== 'ready')
  return {
    link,
    server,
    told,
    rooms,
    closed,
    until,
    isTold,
    async [Symbol.asyncDispose]() {
      link.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('it is open once it is known who calls and where the rooms are', async () => {
  const log = createLog()
  await using it = await open(log)
  expect(it.told).toEqual([])
  await it.until(it.isTold('ready'))
  expect(it.told[0]?.[1]).toMatchObject({ userId: 'ada', epoch: 3, gateway: 'http', limits: {} })
  expect(it.link.kind).toBe('http')
})

test('what is said after a sync comes in order, once, and from where the sync ended', async () => {
  const log = createLog()
  log.join(ROOM, 3)
  await using it = await open(log)
  await it.until(it.isTold('ready'))
  log.say(ROOM)
  const reply = await it.link.request('sync', { rooms: { [ROOM]: 2 }, epoch: 3 })
  expect(reply).toMatchObject({ ok: true, data: { rooms: { [ROOM]: { from: 2, to: 4 } } } })
  expect(it.rooms()).toEqual([])
  const seqs = (): number[] =>
    it.rooms().flatMap(([, fact]) => (fact as { events: Event[] }).events.map(({ seq }) => seq))
  for (let n = 5; n <= 8; n += 1) {
    log.say(ROOM)
    await it.until(() => seqs().includes(n))
  }
  expect(seqs()).toEqual([5, 6, 7, 8])
  expect(log.state.syncs.at(-1)).toMatchObject({ epoch: 3 })
})

test('the rooms are silent until they are synced', async () => {
  const log = createLog()
  log.join(ROOM)
  log.join(OTHER)
  await using it = await open(log)
  await it.until(it.isTold('ready'))
  log.say(ROOM)
  log.say(OTHER)
  await it.link.request('sync', { rooms: { [ROOM]: 1 } })
  await it.until(it.isTold('room:events'))
  // The one that was not named is live from where it was.
  expect(it.rooms()).toEqual([['room:events', { roomId: OTHER, head: 2, events: [eventAt(2)] }]])
})

test('whoever does not sync is told all the same, after a while', async () => {
  const log = createLog()
  log.join(ROOM)
  const sleep: Pause = (ms, signal) => (ms === 1_000 ? Promise.resolve() : quick(ms, signal))
  await using it = await open(log, () => null, { sleep })
  await it.until(it.isTold('ready'))
  log.say(ROOM)
  await it.until(it.isTold('room:events'))
})

test('while an answer leaves rooms out, all of them stay silent', async () => {
  const log = createLog()
  log.join(ROOM)
  let isCut = true
  await using it = await open(log, ({ text }) =>
    text === JSON.stringify({ rooms: { [ROOM]: 0 } }) && isCut
      ? { status: 200, body: { rooms: {}, more: true, epoch: 3 } }
      : null,
  )
  await it.until(it.isTold('ready'))
  await it.link.request('sync', { rooms: { [ROOM]: 0 } })
  isCut = false
  log.say(ROOM)
  const reply = await it.link.request('sync', { rooms: { [ROOM]: 0 } })
  expect(reply).toMatchObject({ ok: true, data: { rooms: { [ROOM]: { to: 2 } } } })
  log.say(ROOM)
  await it.until(it.isTold('room:events'))
  expect(it.rooms()).toEqual([['room:events', { roomId: ROOM, head: 3, events: [eventAt(3)] }]])
})

test('of many rooms at most 500 are in a request, and all have their turn', async () => {
  const log = createLog()
  const roomIds = Array.from(
    { length: 1_100 },
    (_, n) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  )
  for (const roomId of roomIds) log.join(roomId)
  const sleep: Pause = (ms, signal) => (ms === 1_000 ? Promise.resolve() : quick(ms, signal))
  // Nobody is let wait, so that the turns come at once.
  await using it = await open(
    log,
    async ({ text }) => {
      if (!text.includes('waitMs')) return null
      const { waitMs: _waitMs, ...body } = JSON.parse(text) as SyncBody
      return await log.sync(JSON.stringify(body))
    },
    { sleep },
  )
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  const [first = '', last = ''] = [roomIds[0], roomIds.at(-1)]
  log.say(last)
  log.say(first)
  const isTold = (roomId: string) => () =>
    it.rooms().some(([, fact]) => (fact as { roomId: string }).roomId === roomId)
  await Promise.all([it.until(isTold(first)), it.until(isTold(last))])
  const polls = it.server.asked
    .filter(({ text }) => text.includes('waitMs'))
    .map(({ text }) => JSON.parse(text) as SyncBody)
  const sizes = polls.map(({ rooms = {} }) => Object.keys(rooms).length)
  expect(new Set(sizes)).toEqual(new Set([500, 100]))
  expect(new Set(polls.map(({ waitMs }) => waitMs))).toEqual(new Set([2_000]))
})

/** The same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test.each([1, 2, 3, 4, 5])(
  'however sync and stream meet, each event is told once and in its place (seed %i)',
  async (seed) => {
    const random = createRandom(seed)
    const log = createLog()
    const positions = new Map([ROOM, OTHER].map((roomId) => [roomId, 1]))
    for (const roomId of positions.keys()) log.join(roomId)
    await using it = await open(log)
    await it.until(it.isTold('ready'))
    let taken = 0
    const takeTold = (): void => {
      for (const [name, fact] of it.told.slice(taken)) {
        taken += 1
        if (name !== 'room:events') continue
        const { roomId, events } = fact as { roomId: string; events: Event[] }
        for (const { seq } of events) {
          expect(seq).toBe((positions.get(roomId) ?? 0) + 1)
          positions.set(roomId, seq)
        }
      }
    }
    const sync = async (): Promise<void> => {
      takeTold()
      const reply = await it.link.request('sync', {
        rooms: Object.fromEntries(positions),
        epoch: 3,
      })
      if (!reply.ok) throw new Error(reply.error.code)
      // Nothing was told between request and answer.
      takeTold()
      for (const [roomId, room] of Object.entries(reply.data.rooms)) {
        if ('reset' in room) throw new Error(room.reason)
        expect(room.from).toBe(positions.get(roomId))
        positions.set(roomId, room.to)
      }
    }
    await sync()
    const said = new Map(positions)
    for (let n = 0; n < 60; n += 1) {
      const roomId = random() < 0.5 ? ROOM : OTHER
      log.say(roomId)
      said.set(roomId, (said.get(roomId) ?? 0) + 1)
      const what = random()
      if (what < 0.3) await sync()
      else if (what < 0.8) {
        await it.until(() => {
          takeTold()
          return positions.get(roomId) === said.get(roomId)
        })
      }
      // The log of this test answers five events of a room at most.
      if (n % 4 === 3) await sync()
    }
    await sync()
    expect(positions).toEqual(said)
    expect(it.closed).not.toHaveBeenCalled()
  },
)

test('who is out of a room is told so, and nothing more of it', async () => {
  const log = createLog()
  log.join(ROOM)
  log.join(OTHER)
  await using it = await open(log)
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  log.leave(ROOM)
  log.say(OTHER)
  await it.until(it.isTold('room:events'))
  expect(it.rooms()).toContainEqual(['room:removed', { roomId: ROOM }])
  expect(it.rooms()).toContainEqual([
    'room:events',
    { roomId: OTHER, head: 2, events: [eventAt(2)] },
  ])
})

test('who was out and came back, and sees only what is later, is told of both', async () => {
  const log = createLog()
  log.join(ROOM, 2)
  await using it = await open(log)
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  log.visibleFrom.set(ROOM, 5)
  log.say(ROOM, 3)
  await it.until(it.isTold('room:events'))
  expect(it.rooms()).toEqual([
    ['room:removed', { roomId: ROOM }],
    ['room:added', { roomId: ROOM, head: 4 }],
    ['room:events', { roomId: ROOM, head: 5, events: [eventAt(5)] }],
  ])
})

test('a room that I have joined is looked for at once, one that I have left too', async () => {
  const log = createLog()
  const callsDone = createCallsDone()
  await using it = await open(log, () => null, { callsDone })
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  log.join(ROOM, 2)
  callsDone.done('GET /v1/me')
  callsDone.done('PUT /v1/rooms/:id/members/:userId')
  await it.until(it.isTold('room:added'))
  log.say(ROOM)
  await it.until(it.isTold('room:events'))
  expect(it.rooms()).toEqual([
    ['room:added', { roomId: ROOM, head: 2 }],
    ['room:events', { roomId: ROOM, head: 3, events: [eventAt(3)] }],
  ])
})

test.each([
  [
    'a room is too far behind',
    (log: Log) => log.say(ROOM, 9),
    { cause: 'transport', wasReady: true },
  ],
  [
    'the log was taken back in time',
    (log: Log) => {
      log.state.epoch = 4
      log.wake()
    },
    { cause: 'ended', end: { code: 'LOG_RESTORED', reconnect: true } },
  ],
])('it is closed when %s', async (_what, happen, why) => {
  const log = createLog()
  log.join(ROOM)
  await using it = await open(log)
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  happen(log)
  await it.until(() => it.closed.mock.calls.length > 0)
  expect(it.closed.mock.calls).toMatchObject([[why]])
  expect(it.rooms()).toEqual([])
  await expect(it.link.request('sync', {})).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
})

test('two failures of the stream are waited out, three in a row close it', async () => {
  const log = createLog()
  log.join(ROOM)
  let cuts = 2
  await using it = await open(log, ({ text }) => {
    if (!text.includes('waitMs') || cuts === 0) return null
    cuts -= 1
    return 'cut'
  })
  await it.until(it.isTold('ready'))
  await it.link.request('sync', {})
  log.say(ROOM)
  await it.until(it.isTold('room:events'))
  expect(it.closed).not.toHaveBeenCalled()
  cuts = 3
  log.say(ROOM)
  await it.until(() => it.closed.mock.calls.length > 0)
  expect(it.closed.mock.calls).toEqual([[{ cause: 'transport', wasReady: true }]])
})

test('a refused token is a refusal, at the beginning and later', async () => {
  const refusal = problem('AUTH_EXPIRED', 401, { retryable: true, requestId: 'r' })
  const why = [{ cause: 'refused', error: { code: 'AUTH_EXPIRED', requestId: 'r' } }]
  await using first = await open(createLog(), () => refusal)
  await first.until(() => first.closed.mock.calls.length > 0)
  expect(first.closed.mock.calls).toMatchObject([why])

  await using second = await open(createLog(), ({ method }) => (method === 'PUT' ? refusal : null))
  await second.until(second.isTold('ready'))
  const asked = second.link.request('read:set', { roomId: ROOM, upTo: 1 })
  await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  expect(second.closed.mock.calls).toMatchObject([why])
})

test('without an answer at the beginning there was no session', async () => {
  await using it = await open(createLog(), () => 'cut')
  await it.until(() => it.closed.mock.calls.length > 0)
  expect(it.closed.mock.calls).toEqual([[{ cause: 'transport', wasReady: false }]])
})

test('what is said in a room keeps its order, and what waits behind a failure is not tried', async () => {
  const answers = new Map([
    ['one', { status: 201, body: { seq: 2, msgNo: 1, ts: '' } }],
    ['two', problem('SERVER_BUSY', 503, { retryable: true, requestId: 'r' })],
  ] as const)
  const sent: string[] = []
  await using it = await open(createLog(), async ({ path, text }) => {
    if (!path.endsWith('/messages')) return null
    const { text: words = '' } = JSON.parse(text) as { text?: string }
    sent.push(words)
    await new Promise((resolve) => setImmediate(resolve))
    return answers.get(words as 'one') ?? { status: 201, body: { seq: 9, msgNo: 9, ts: '' } }
  })
  const send = (text: string, roomId = ROOM) =>
    it.link.request('message:send', { roomId, clientMsgId: MSG, text })
  const replies = await Promise.all([send('one'), send('two'), send('three'), send('else', OTHER)])
  expect(replies).toMatchObject([
    { ok: true, data: { seq: 2 } },
    { ok: false, error: { code: 'SERVER_BUSY', requestId: 'r' } },
    { ok: false, error: { code: 'SERVER_BUSY', retryable: true } },
    { ok: true, data: { seq: 9 } },
  ])
  expect(sent.filter((words) => words !== 'else')).toEqual(['one', 'two'])
  await expect(send('three')).resolves.toMatchObject({ ok: true })
})

test('a command has as much time as it is given', async () => {
  await using it = await open(createLog(), ({ method }) =>
    method === 'PUT' ? new Promise(() => undefined) : null,
  )
  await it.until(it.isTold('ready'))
  const asked = it.link.request('pin:set', { roomId: ROOM, seq: 1, on: true }, 20)
  await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  const second = it.link.request('pin:set', { roomId: ROOM, seq: 1, on: true })
  it.link.close()
  await expect(second).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  expect(it.closed).not.toHaveBeenCalled()
})

test('a token that ends is told of, and the next one is used from then on', async () => {
  const encode = (claims: object): string =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
  const used: (string | undefined)[] = []
  const log = createLog()
  await using server = await startScriptedServer(({ headers, path, text }) => {
    used.push(headers.authorization)
    const id = headers.authorization === 'Bearer foreign' ? 'bob' : 'ada'
    return path === '/v1/sync' ? log.sync(text) : { status: 200, body: { user: { id } } }
  })
  const exp = Math.floor(Date.now() / 1_000) + 30
  const ended = await new Promise<string>((resolve) => {
    const link = createHttpLink({ sleep: quick })(
      { url: server.url, token: encode({ exp }), deviceId: 'd' },
      {
        ready: () => undefined,
        closed: () => undefined,
        fact: (name, fact) => {
          if (name !== 'auth:expiring') return
          void (async () => {
            const foreign = await link.request('auth:refresh', { token: 'foreign' })
            expect(foreign).toMatchObject({ ok: false, error: { code: 'AUTH_INVALID' } })
            const token = encode({ exp: exp + 900 })
            const expiresAt = new Date((exp + 900) * 1_000).toISOString()
            expect(await link.request('auth:refresh', { token })).toEqual({
              ok: true,
              data: { expiresAt },
            })
            await link.request('sync', {})
            expect(used.at(-1)).toBe(`Bearer ${token}`)
            link.close()
            resolve((fact as { expiresAt: string }).expiresAt)
          })()
        },
      },
    )
  })
  expect(ended).toBe(new Date(exp * 1_000).toISOString())
})

test('of those who are watched what changes is told', async () => {
  const states = { ada: 'online', bob: 'away' }
  const sleeps: (() => void)[] = []
  const sleep: Pause = (ms, signal) =>
    ms === 15_000
      ? new Promise((resolve, reject) => {
          sleeps.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      : quick(ms, signal)
  await using it = await open(
    createLog(),
    ({ path }) =>
      path.startsWith('/v1/presence')
        ? {
            status: 200,
            body: {
              states: Object.entries(states).map(([userId, status]) => ({ userId, status })),
            },
          }
        : null,
    { sleep },
  )
  const reply = await it.link.request('presence:subscribe', { userIds: ['ada', 'bob', 'c,d'] })
  expect(reply).toMatchObject({
    ok: true,
    data: { states: [{ userId: 'ada', status: 'online' }, { userId: 'bob' }] },
  })
  expect(it.server.asked.at(-1)?.path).toBe('/v1/presence?ids=ada%2Cbob')
  states.bob = 'dnd'
  for (const wake of sleeps.splice(0)) wake()
  await it.until(it.isTold('presence'))
  expect(it.rooms()).toEqual([['presence', { states: [{ userId: 'bob', status: 'dnd' }] }]])
  const idle = await it.link.request('presence:set', { idle: true })
  expect(idle).toEqual({ ok: true, data: {} })
})
