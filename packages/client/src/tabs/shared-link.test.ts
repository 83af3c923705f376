import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import type { Link, LinkEvents, OpenLink } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createModelBrowser } from '../testing/model-browser.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { createTestChannels } from '../testing/test-channels.ts'
import { createTestClock, settled } from '../testing/test-clock.ts'
import { createTestLocks } from '../testing/test-locks.ts'
import { createSharedLink, type SharedLinkPorts } from './shared-link.ts'
import { openTabChannel } from './tab-channel.ts'
import { browserLocks } from './tab-lock.ts'
import { readTabMessage } from './tab-message.ts'

const options = { url: '', token: 't', deviceId: 'd' }
const session = {
  sessionId: 's1',
  userId: 'ann',
  serverTime: '2026-01-02T03:04:05.000Z',
  expiresAt: '2026-01-02T04:04:05.000Z',
  limits: {},
  headsIntervalMs: 5_000,
  epoch: 1,
  gateway: 'g1',
}
const busy = { code: 'SERVER_BUSY', message: '', retryable: true, requestId: '' } as const

interface Real {
  readonly tab: string
  readonly events: LinkEvents
  readonly requests: { name: string; payload: unknown; answer: (reply: unknown) => void }[]
  isClosed: boolean
}

afterEach(() => vi.unstubAllGlobals())

function setUp() {
  const clock = createTestClock()
  const locks = createTestLocks()
  const channels = createTestChannels()
  const reals: Real[] = []
  const rest = vi.fn<(route: string, input: unknown) => Promise<unknown>>()
  const openFor =
    (tab: string): OpenLink =>
    (_, events) => {
      const real: Real = { tab, events, requests: [], isClosed: false }
      reals.push(real)
      return {
        kind: 'websocket',
        request: (name, payload) =>
          new Promise((resolve) =>
            real.requests.push({ name, payload, answer: resolve as (reply: unknown) => void }),
          ),
        close: () => void (real.isClosed = true),
      }
    }
  /** A tab that opens links. `told` is what its machine hears. */
  const tab = (tabId: string, ports: Partial<SharedLinkPorts> = {}) => {
    const shared = createSharedLink({
      open: openFor(tabId),
      call: rest as unknown as CallRoute,
      name: 'ann',
      tabId,
      locks: locks.ofTab(tabId),
      openChannel: channels.ofTab(tabId),
      after: clock.after,
      page: null,
      ...ports,
    })
    const told: unknown[] = []
    const open = (): Link =>
      shared(options, {
        ready: ({ sessionId }) => told.push(`ready ${sessionId}`),
        fact: (name, fact) => told.push({ [name]: fact }),
        closed: (why) => told.push(why),
      })
    return { open, told }
  }
  /** Two tabs on the first one's socket. */
  const pair = async () => {
    const [one, two] = [tab('one'), tab('two')]
    const own = one.open()
    await settled()
    const link = two.open()
    await settled()
    const real = reals[0] as Real
    real.events.ready(session)
    await settled()
    return { one, two, own, link, real }
  }
  return { clock, locks, channels, reals, rest, tab, pair }
}

const lastOf = (real: Real | undefined) => {
  const request = real?.requests.at(-1)
  if (request === undefined) throw new Error('nothing was asked')
  return request
}

test('one socket for two tabs: both are ready, and hear the same facts in order', async () => {
  const { pair, reals } = setUp()
  const { one, two, own, link, real } = await pair()
  const facts = [
    { 'room:added': { roomId: 'r', head: 0 } },
    { 'room:removed': { roomId: 'r' } },
    { typing: { roomId: 'r', users: [] } },
  ]
  real.events.fact('room:added', { roomId: 'r', head: 0 })
  real.events.fact('room:removed', { roomId: 'r' })
  real.events.fact('typing', { roomId: 'r', users: [] })
  await settled()
  expect(reals).toHaveLength(1)
  expect([own.kind, link.kind]).toEqual(['websocket', 'tab'])
  expect(one.told).toEqual(['ready s1', ...facts])
  expect(two.told).toEqual(['ready s1', ...facts])
})

test('a drain and the end of the token are for the tab that holds the socket', async () => {
  const { pair } = setUp()
  const { one, two, own, link, real } = await pair()
  real.events.fact('server:drain', { afterMs: 10 })
  real.events.fact('auth:expiring', { expiresAt: session.expiresAt })
  const refreshed = own.request('auth:refresh', { token: 'new' })
  lastOf(real).answer({ ok: true, data: { expiresAt: 'later' } })
  await refreshed
  expect(await link.request('auth:refresh', { token: 'mine' })).toEqual({
    ok: true,
    data: { expiresAt: 'later' },
  })
  expect(real.requests.map(({ name }) => name)).toEqual(['auth:refresh'])
  expect(one.told).toHaveLength(3)
  expect(two.told).toEqual(['ready s1'])
})

test('commands of a follower go over the socket, in order, and come back to it', async () => {
  const { pair, clock } = setUp()
  const { link, real } = await pair()
  const first = link.request('read:set', { roomId: 'r', upTo: 3 })
  const second = link.request('typing:set', { roomId: 'r', on: true }, 500)
  const lost = expect(second).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  await settled()
  expect(real.requests.map(({ name }) => name)).toEqual(['read:set', 'typing:set'])
  real.requests[0]?.answer({ ok: false, error: busy })
  expect(await first).toEqual({ ok: false, error: busy })
  await clock.advance(500)
  await lost
})

test('a sync of a follower goes by REST; refused or lost it is what a socket would say', async () => {
  const { pair, rest, clock } = setUp()
  const { link, real } = await pair()
  const answer = { rooms: {}, epoch: 1 }
  rest.mockResolvedValueOnce(answer)
  expect(await link.request('sync', { rooms: { r: 1 } })).toEqual({ ok: true, data: answer })
  expect(rest.mock.calls[0]).toMatchObject(['POST /v1/sync', { body: { rooms: { r: 1 } } }])
  rest.mockRejectedValueOnce(new ChatError(busy))
  expect(await link.request('sync', {})).toEqual({ ok: false, error: busy })
  rest.mockImplementationOnce(
    (_, input) =>
      new Promise((_resolve, reject) => {
        const { signal } = input as { signal: AbortSignal }
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  )
  const lost = expect(link.request('sync', {}, 700)).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
  await clock.advance(700)
  await lost
  expect(real.requests).toEqual([])
})

test('a room that a follower asked for is asked for again: the gateway may never have heard of it', async () => {
  const { pair, rest, clock } = setUp()
  const { two, link } = await pair()
  const there = { from: 1, to: 1, head: 1, events: [] }
  rest.mockResolvedValueOnce({ rooms: { r: there, s: there }, epoch: 1 })
  await link.request('sync', { rooms: { r: 1, s: 1 } })
  // Not answered, it is asked for once more.
  rest.mockRejectedValueOnce(new ChatError(busy))
  await clock.advance(2 * session.headsIntervalMs)
  await settled()
  const gone = { reset: true, head: 0, reason: 'not-member' }
  rest.mockResolvedValueOnce({ rooms: { r: gone, s: there }, epoch: 1 })
  await clock.advance(2 * session.headsIntervalMs)
  await settled()
  expect(rest.mock.calls.at(-1)).toMatchObject([
    'POST /v1/sync',
    { body: { rooms: { r: 1, s: 1 } } },
  ])
  expect(two.told).toEqual(['ready s1', { 'room:removed': { roomId: 'r' } }])
  await clock.advance(5 * session.headsIntervalMs)
  await settled()
  expect(rest).toHaveBeenCalledTimes(3)
})

test('what the leader was silent for is told to the followers, before what is newer', async () => {
  const { pair } = setUp()
  const { two, own, real } = await pair()
  const [e1, e2, e3] = [1, 2, 3].map((seq) => ({ seq }) as never)
  const synced = own.request('sync', { rooms: { r: 0, far: 1, gone: 2 } })
  await settled()
  lastOf(real).answer({
    ok: true,
    data: {
      epoch: 1,
      rooms: {
        r: { from: 0, to: 2, head: 2, events: [e1, e2] },
        far: { reset: true, head: 9_000, reason: 'too-far' },
        gone: { reset: true, head: 0, reason: 'not-member' },
      },
    },
  })
  // In the same packet: it is heard before the promise of the answer.
  real.events.fact('room:events', { roomId: 'r', head: 3, events: [e3 as never] })
  await synced
  await settled()
  expect(two.told.slice(1)).toEqual([
    { 'room:events': { roomId: 'r', head: 2, events: [e1, e2] } },
    { 'room:removed': { roomId: 'gone' } },
    { 'room:heads': { far: 9_000 } },
    { 'room:events': { roomId: 'r', head: 3, events: [e3] } },
  ])

  // Another log: whoever follows begins anew.
  void own.request('sync', { rooms: { r: 50 } })
  await settled()
  const rooms = { r: { reset: true, head: 3, reason: 'ahead' } }
  lastOf(real).answer({ ok: true, data: { epoch: 1, rooms } })
  await settled()
  expect(two.told.at(-1)).toEqual({ cause: 'transport', wasReady: true })
})

test('a refusal and the end of a session are told to all', async () => {
  const { pair, tab, reals } = setUp()
  const { one, two, real } = await pair()
  const end = { code: 'AUTH_REVOKED', reconnect: false, message: '' } as const
  real.events.closed({ cause: 'ended', end })
  await settled()
  expect(one.told.at(-1)).toEqual({ cause: 'ended', end })
  expect(two.told.at(-1)).toEqual({ cause: 'ended', end })

  const [three, four] = [tab('three'), tab('four')]
  three.open()
  await settled()
  four.open()
  await settled()
  reals[1]?.events.closed({ cause: 'refused', error: busy })
  await settled()
  expect(three.told).toEqual([{ cause: 'refused', error: busy }])
  expect(four.told).toEqual([{ cause: 'refused', error: busy }])
  expect(reals).toHaveLength(2)
})

test('when the leader is gone its followers are told, and the next link leads', async () => {
  const { pair, reals, channels, locks } = setUp()
  const { two, link } = await pair()
  const asked = link.request('read:set', { roomId: 'r', upTo: 3 })
  channels.kill('one')
  locks.kill('one')
  await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  expect(two.told.at(-1)).toEqual({ cause: 'transport', wasReady: true })
  const own = two.open()
  await settled()
  expect(reals.map((real) => real.tab)).toEqual(['one', 'two'])
  expect(own.kind).toBe('websocket')
})

test('a leader that answers nobody is robbed of the lead, and notices when it wakes', async () => {
  const { pair, reals, channels, clock } = setUp()
  const { one, two, real } = await pair()
  channels.freeze('one')
  await clock.advance(6_000)
  expect(two.told.at(-1)).toEqual({ cause: 'transport', wasReady: true })
  two.open()
  await clock.advance(3_000)
  expect(reals.map(({ tab }) => tab)).toEqual(['one', 'two'])
  reals[1]?.events.ready({ ...session, sessionId: 's2' })
  await settled()
  expect(real.isClosed).toBe(true)
  expect(one.told.at(-1)).toEqual({ cause: 'transport', wasReady: true })
  channels.thaw('one')
  one.open()
  await settled()
  expect(one.told.at(-1)).toBe('ready s2')
  expect(reals).toHaveLength(2)
})

test('a silent leader is left in peace as long as it answers', async () => {
  const { pair, reals, clock } = setUp()
  const { two } = await pair()
  await clock.advance(600_000)
  expect(two.told).toEqual(['ready s1'])
  expect(reals).toHaveLength(1)
})

test('while the socket is changed no follower is cut, and doubles are told once', async () => {
  const { pair, reals } = setUp()
  const { one, two, own, real } = await pair()
  const events = (...seqs: number[]) => ({
    roomId: 'r',
    head: 9,
    events: seqs.map((seq) => ({ seq }) as never),
  })
  real.events.fact('room:events', events(1, 2))
  one.open()
  const next = reals[1] as Real
  next.events.ready({ ...session, sessionId: 's2' })
  real.events.fact('room:events', events(3))
  next.events.fact('room:events', events(2, 3, 4))
  own.close()
  next.events.fact('room:events', events(5))
  await settled()
  expect(two.told).toEqual([
    'ready s1',
    { 'room:events': events(1, 2) },
    { 'room:events': events(3) },
    { 'room:events': events(4) },
    { 'room:events': events(5) },
  ])
  next.events.closed({ cause: 'transport', wasReady: true })
  await settled()
  expect(two.told.at(-1)).toEqual({ cause: 'transport', wasReady: true })
})

test('the socket watches for all tabs, and each is told of its own people', async () => {
  const { pair, reals } = setUp()
  const { one, two, own, link, real } = await pair()
  const state = (userId: string) => ({ userId, status: 'online' as const })
  const mine = own.request('presence:subscribe', { userIds: ['bob', 'eve'] })
  lastOf(real).answer({ ok: true, data: { states: [state('bob'), state('eve')] } })
  expect(await mine).toMatchObject({ data: { states: [state('bob'), state('eve')] } })
  const theirs = link.request('presence:subscribe', { userIds: ['dan', 'bob'] })
  await settled()
  expect(lastOf(real).payload).toEqual({ userIds: ['dan', 'bob', 'eve'] })
  lastOf(real).answer({ ok: true, data: { states: [state('bob'), state('dan'), state('eve')] } })
  expect(await theirs).toEqual({ ok: true, data: { states: [state('bob'), state('dan')] } })

  real.events.fact('presence', { states: [state('dan'), state('eve')] })
  await settled()
  expect(one.told.at(-1)).toEqual({ presence: { states: [state('eve')] } })
  expect(two.told.at(-1)).toEqual({ presence: { states: [state('dan')] } })

  // Another socket watches nobody yet.
  one.open()
  const next = reals[1] as Real
  next.events.ready({ ...session, sessionId: 's2' })
  await settled()
  expect(lastOf(next).payload).toEqual({ userIds: ['dan', 'bob', 'eve'] })
  lastOf(next).answer({ ok: true, data: { states: [state('dan')] } })
  await settled()
  expect(two.told.at(-1)).toEqual({ presence: { states: [state('dan')] } })
  link.close()
  await settled()
  expect(lastOf(next).payload).toEqual({ userIds: ['bob', 'eve'] })
})

test('more people than a socket can watch: the newest', async () => {
  const { pair } = setUp()
  const { own, link, real } = await pair()
  const people = (name: string, many: number) =>
    Array.from({ length: many }, (_, n) => `${name}${n}`)
  void own.request('presence:subscribe', { userIds: people('old', 150) })
  lastOf(real).answer({ ok: true, data: { states: [] } })
  void link.request('presence:subscribe', { userIds: people('new', 120) })
  await settled()
  expect(lastOf(real).payload).toEqual({ userIds: [...people('new', 120), ...people('old', 80)] })
})

test('the socket is idle when all tabs are', async () => {
  const { pair, locks, channels } = setUp()
  const { own, link, real } = await pair()
  const said = () => real.requests.map(({ payload }) => payload)
  const answerAll = async () => {
    await settled()
    for (const { answer } of real.requests) answer({ ok: true, data: {} })
    await settled()
  }
  expect(await own.request('presence:set', { idle: true })).toEqual({ ok: true, data: {} })
  expect(said()).toEqual([])
  void link.request('presence:set', { idle: true })
  await answerAll()
  void link.request('presence:set', { status: 'dnd' })
  await answerAll()
  void link.request('presence:set', { idle: false, text: 'here' })
  await answerAll()
  expect(said()).toEqual([{ idle: true }, { status: 'dnd' }, { text: 'here', idle: false }])
  // The tab that was used is gone: what is left is idle.
  channels.kill('two')
  locks.kill('two')
  await answerAll()
  expect(said().at(-1)).toEqual({ idle: true })
})

test('a page that is put away gives the lead to another one, and comes back as a follower', async () => {
  const { clock, gateway, openTab } = createModelBrowser(seededRandom(5))
  const [one, two] = [openTab(), openTab()]
  await clock.advance(3_000)
  expect(gateway.open().map(({ owner }) => owner)).toEqual(['tab1'])
  one.page.dispatchEvent(new Event('pagehide'))
  await clock.advance(5_000)
  expect(gateway.open().map(({ owner }) => owner)).toEqual(['tab2'])
  gateway.commit('a')
  one.page.dispatchEvent(new Event('pageshow'))
  await clock.advance(3_000)
  expect(gateway.open()).toHaveLength(1)
  expect([one.position('a'), two.position('a')]).toEqual([gateway.headOf('a'), gateway.headOf('a')])
  expect(one.kind()).toBe('tab')
})

test('a tab that disconnects lets another one lead', async () => {
  const { clock, gateway, openTab } = createModelBrowser(seededRandom(6))
  const [one, two] = [openTab(), openTab()]
  await clock.advance(3_000)
  one.disconnect()
  await clock.advance(3_000)
  expect(gateway.open().map(({ owner }) => owner)).toEqual(['tab2'])
  expect(two.isLive()).toBe(true)
})

test('a tab without links holds nothing and hears nothing', async () => {
  const { pair, locks } = setUp()
  const { own, link } = await pair()
  link.close()
  await settled()
  expect(locks.holderOf('parley:tabs:1:ann:tab:two')).toBeNull()
  expect(locks.holderOf('parley:tabs:1:ann:lead')).toBe('one')
  own.close()
  await settled()
  expect(locks.holderOf('parley:tabs:1:ann:tab:one')).toBeNull()
  expect(locks.holderOf('parley:tabs:1:ann:lead')).toBeNull()
})

test('without locks or channels, or where locks may not be used, each tab has its own', async () => {
  const { tab, reals, channels } = setUp()
  expect(browserLocks()).toBeNull()
  tab('a', { locks: null }).open()
  tab('b', { openChannel: null }).open()
  expect(reals.map((real) => real.tab)).toEqual(['a', 'b'])
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }
  const one = tab('c', { locks, openChannel: channels.ofTab('c') })
  const link = one.open()
  await settled()
  expect(link.kind).toBe('websocket')
  one.open()
  expect(reals.map((real) => real.tab)).toEqual(['a', 'b', 'c', 'c'])
})

test('what others say on the channel is not heeded', async () => {
  const { pair, channels } = setUp()
  const { one, two } = await pair()
  const stranger = channels.ofTab('stranger')('parley:tabs:1:ann', () => undefined)
  const hub = 'one:1'
  for (const message of [
    null,
    'fact',
    { kind: 'fact' },
    { kind: 'fact', hub, n: 1, name: 'session:end', fact: {} },
    { kind: 'closed', hub, n: 1, why: { cause: 'other' } },
    { kind: 'ready', hub: 'other:1', n: 1, session },
    { kind: 'request', from: 'two', link: 'two:1', hub, id: 1, name: 'sync', payload: {} },
    { kind: 'constructor' },
  ]) {
    stranger.post(message)
  }
  await settled()
  expect(one.told).toEqual(['ready s1'])
  expect(two.told).toEqual(['ready s1'])
  expect(readTabMessage({ kind: 'lead', hub })).toEqual({ kind: 'lead', hub })
})

test('a message that was not heard is a cut', async () => {
  const { pair, channels } = setUp()
  const { two } = await pair()
  const fact = { roomId: 'r' }
  channels
    .ofTab('x')('parley:tabs:1:ann', () => undefined)
    .post({
      kind: 'fact',
      hub: 'one:1',
      n: 9,
      name: 'room:removed',
      fact,
    })
  await settled()
  expect(two.told).toEqual(['ready s1', { cause: 'transport', wasReady: true }])
})

test('the same over channels of the platform', async () => {
  const { tab, reals } = setUp()
  const closes: (() => void)[] = []
  onTestFinished(() => closes.forEach((close) => close()))
  const openChannel: typeof openTabChannel = (name, hear) => {
    const channel = openTabChannel(name, hear)
    closes.push(channel.close)
    return channel
  }
  const [one, two] = [tab('one', { openChannel }), tab('two', { openChannel })]
  one.open()
  await vi.waitFor(() => expect(reals).toHaveLength(1))
  const link = two.open()
  reals[0]?.events.ready(session)
  await vi.waitFor(() => expect(two.told).toEqual(['ready s1']))
  const asked = link.request('read:set', { roomId: 'r', upTo: 1 })
  await vi.waitFor(() => expect(reals[0]?.requests).toHaveLength(1))
  reals[0]?.requests[0]?.answer({ ok: true, data: { readSeq: 1, unread: 0, mentions: 0 } })
  expect(await asked).toMatchObject({ ok: true })
})
