import type { ErrorBody, SessionEnd } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import { stepMachine } from './connection-machine.ts'
import type { LinkClosed } from './link.ts'
import {
  type Effect,
  initialMachine,
  type Machine,
  type MachineEvent,
  type StateName,
} from './machine-state.ts'
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, PROBE_EVERY_MS, STEADY_MS } from './retry-policy.ts'

const NOW = 1_800_000_000_000
const cut: LinkClosed = { cause: 'transport', wasReady: false }
const refused = (code: ErrorBody['code'], more: Partial<ErrorBody> = {}): LinkClosed => ({
  cause: 'refused',
  error: { code, message: code, retryable: true, requestId: 'r', ...more },
})
const ended = (code: SessionEnd['code'], reconnect: boolean): LinkClosed => ({
  cause: 'ended',
  end: { code, reconnect, message: code },
})

/** Drives the machine by hand: the numbers of links and tokens are filled in. */
class Hand {
  machine: Machine
  effects: readonly Effect[] = []
  now = NOW
  random = 0.5

  constructor(can: Machine['can'] = { socket: true, http: true }) {
    this.machine = initialMachine(can)
  }

  send(event: MachineEvent): this {
    const input = { now: this.now, random: () => this.random }
    const step = stepMachine(Object.freeze(this.machine), event, input)
    this.machine = step.machine
    this.effects = step.effects
    return this
  }

  /** The event that answers what is under way, whatever it is. */
  on(type: 'token' | 'ready' | 'caughtUp', token = 't1'): this {
    const link = this.machine.next?.id ?? this.machine.link?.id ?? 0
    if (type === 'token')
      return this.send({ type: 'tokenReady', ask: this.machine.ask ?? 0, token })
    if (type === 'ready') return this.send({ type: 'linkReady', link })
    return this.send({ type: 'caughtUp', link })
  }

  close(why: LinkClosed, which: 'link' | 'next' = 'link'): this {
    return this.send({ type: 'linkClosed', link: this.machine[which]?.id ?? 0, why })
  }

  connect(): this {
    return this.send({ type: 'connect', isOnline: true })
  }

  live(): this {
    return this.connect().on('token').on('ready').on('caughtUp')
  }

  due(timer: 'retryDue' | 'moveDue' | 'refreshDue'): this {
    const at = { retryDue: 'retryAt', moveDue: 'moveAt', refreshDue: 'refreshAt' } as const
    this.now = Math.max(this.now, this.machine[at[timer]] ?? 0)
    return this.send({ type: timer })
  }

  has(type: Effect['type']): Effect | undefined {
    return this.effects.find((effect) => effect.type === type)
  }

  get state(): StateName {
    return this.machine.state
  }
}

test('it asks for a token, opens a link, catches up, and only then is live', () => {
  const hand = new Hand().connect()
  expect(hand.effects).toEqual([{ type: 'fetchToken', ask: 1, stale: null }])
  hand.on('token')
  expect(hand.effects).toEqual([{ type: 'openLink', link: 2, via: 'socket', token: 't1' }])
  hand.on('ready')
  expect(hand.state).toBe('catching-up')
  expect(hand.effects).toEqual([{ type: 'catchUp', link: 2 }])
  hand.on('caughtUp')
  expect(hand.state).toBe('live')
  expect(hand.effects).toEqual([])
})

test('pauses grow with full jitter, up to the longest', () => {
  const hand = new Hand({ socket: true, http: false }).connect()
  for (const random of [0, 0.5, 0.999]) {
    for (let failures = 0; failures < 12; failures += 1) {
      hand.random = random
      hand.on('token').close(cut)
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures)
      expect(hand.machine).toMatchObject({ state: 'waiting', attempt: failures + 1 })
      expect((hand.machine.retryAt ?? 0) - hand.now).toBe(Math.round(random * longest))
      hand.due('retryDue')
    }
    hand.on('token').on('ready').on('caughtUp')
    hand.now += STEADY_MS
    hand.random = 0
    hand.close({ cause: 'transport', wasReady: true })
    expect(hand.machine).toMatchObject({ state: 'waiting', attempt: 0 })
    hand.due('retryDue').on('token').on('ready').on('caughtUp')
    hand.now += STEADY_MS
    hand.close(ended('AUTH_EXPIRED', true))
    // Live again and steady: what had failed before is made up for.
    expect(hand.machine).toMatchObject({ state: 'authorizing', failures: 1 })
    hand.send({ type: 'disconnect' }).connect()
  }
})

test('who is live for a moment only does not come back at once again and again', () => {
  const hand = new Hand().live()
  const pauses: number[] = []
  for (let n = 0; n < 4; n += 1) {
    hand.random = 0.999
    hand.close(ended('SLOW_CONSUMER', true))
    pauses.push((hand.machine.retryAt ?? 0) - hand.now)
    hand.due('retryDue').on('token').on('ready').on('caughtUp')
  }
  expect(pauses).toEqual([400, 799, 1_598, 3_197])
})

test('nobody comes back before the server asked for it: not by hand, page, network or anew', () => {
  const hand = new Hand().connect().on('token')
  hand.random = 0
  hand.close(refused('SERVER_BUSY', { retryAfterMs: 7_000 }))
  expect(hand.machine.retryAt).toBe(NOW + 7_000)
  hand.now += 1_000
  for (const type of ['retryNow', 'pageShown', 'networkBack'] as const) {
    hand.send({ type })
    expect(hand.machine).toMatchObject({ state: 'waiting', retryAt: NOW + 7_000 })
  }
  hand.send({ type: 'networkLost' })
  expect(hand.state).toBe('offline')
  expect(hand.send({ type: 'networkBack' }).state).toBe('waiting')
  expect(hand.send({ type: 'disconnect' }).connect().state).toBe('waiting')
  expect(hand.due('retryDue').state).toBe('authorizing')
  expect(hand.now).toBe(NOW + 7_000)
})

test('a pause is cut short by hand, and by showing the page once in five seconds', () => {
  const hand = new Hand().connect().on('token').close(cut)
  expect(hand.send({ type: 'pageShown' }).state).toBe('authorizing')
  hand.on('token').close(cut)
  expect(hand.send({ type: 'pageShown' }).state).toBe('waiting')
  expect(hand.send({ type: 'retryNow' }).state).toBe('authorizing')
})

test.each(['AUTH_EXPIRED', 'AUTH_INVALID', 'AUTH_REQUIRED'] as const)(
  '%s asks for another token, three times, and then ends',
  (code) => {
    const hand = new Hand().connect()
    for (const [n, state] of (['authorizing', 'waiting', 'waiting', 'ended'] as const).entries()) {
      hand.on('token', `token ${n}`).close(refused(code, { retryable: false }))
      expect(hand.state).toBe(state)
      if (state === 'ended') break
      if (state === 'waiting') hand.due('retryDue')
      expect(hand.has('fetchToken')).toMatchObject({ stale: `token ${n}` })
    }
    expect(hand.machine.error).toMatchObject({ code })
  },
)

test('a session whose token ended asks for another one at once', () => {
  const hand = new Hand().live()
  hand.now += STEADY_MS
  hand.close(ended('AUTH_EXPIRED', true))
  expect(hand.state).toBe('authorizing')
  expect(hand.has('fetchToken')).toMatchObject({ stale: 't1' })
  hand.on('token', 't2').on('ready')
  expect(hand.machine).toMatchObject({ state: 'catching-up', stale: null, refusals: 0 })
})

test.each([
  ['UNSUPPORTED_VERSION', refused('UNSUPPORTED_VERSION', { retryable: false })],
  ['INVALID', refused('INVALID', { retryable: false })],
  ['AUTH_REVOKED', refused('AUTH_REVOKED', { retryable: false })],
  ['AUTH_REVOKED', ended('AUTH_REVOKED', false)],
  ['AUTH_INVALID', ended('AUTH_INVALID', false)],
] as const)('%s ends it, with that error, until it is connected anew', (code, why) => {
  const hand = new Hand().connect().on('token').close(why)
  expect(hand.machine).toMatchObject({ state: 'ended', link: null, error: { code } })
  for (const type of ['retryNow', 'networkBack', 'networkLost', 'pageShown', 'retryDue'] as const) {
    expect(hand.send({ type }).state).toBe('ended')
  }
  expect(hand.connect().machine).toMatchObject({ state: 'authorizing', error: null })
})

test('a token that is not to be had is tried again, unless it never will be', () => {
  const hand = new Hand().connect()
  hand.send({ type: 'tokenFailed', ask: 1, error: unknownOutcome() })
  expect(hand.state).toBe('waiting')
  hand.due('retryDue')
  const error = new ChatError({ code: 'AUTH_REVOKED', message: 'gone' })
  hand.send({ type: 'tokenFailed', ask: hand.machine.ask ?? 0, error })
  expect(hand.machine).toMatchObject({ state: 'ended', error })
})

test('without a network it waits for one, and goes on at once when it is there', () => {
  const hand = new Hand().live().send({ type: 'networkLost' })
  expect(hand.state).toBe('offline')
  expect(hand.effects).toEqual([{ type: 'closeLink', link: 2 }])
  expect(hand.send({ type: 'networkBack' }).state).toBe('authorizing')
})

test('a device that says it is offline is not believed before an attempt has failed', () => {
  const hand = new Hand().send({ type: 'connect', isOnline: false }).on('token')
  expect(hand.state).toBe('connecting')
  expect(hand.close(cut).state).toBe('offline')
  expect(hand.send({ type: 'retryNow' }).state).toBe('authorizing')
})

test('a drained gateway is left when it asked to, and kept until the other one has caught up', () => {
  const hand = new Hand().live()
  hand.send({ type: 'draining', link: 2, afterMs: 900 })
  expect(hand.effects).toEqual([{ type: 'startTimer', timer: 'move', ms: 900 }])
  hand.due('moveDue').on('token', 't2')
  expect(hand.effects).toEqual([{ type: 'openLink', link: 4, via: 'socket', token: 't2' }])
  hand.on('ready')
  expect(hand.state).toBe('move-catching-up')
  expect(hand.effects).toEqual([{ type: 'catchUp', link: 4 }])
  hand.on('caughtUp')
  expect(hand.machine).toMatchObject({ state: 'live', link: { id: 4 }, next: null })
  expect(hand.effects).toEqual([{ type: 'closeLink', link: 2 }])
})

test('a drain that is heard of while catching up is heeded once it is live', () => {
  const hand = new Hand().connect().on('token').on('ready')
  hand.send({ type: 'draining', link: 2, afterMs: 5_000 })
  expect(hand.effects).toEqual([])
  hand.now += 2_000
  hand.on('caughtUp')
  expect(hand.effects).toEqual([{ type: 'startTimer', timer: 'move', ms: 3_000 }])
})

test.each([
  ['is cut', (hand: Hand) => hand.on('token').close(cut, 'next')],
  ['is refused', (hand: Hand) => hand.on('token').close(refused('SERVER_BUSY'), 'next')],
  [
    'is of another version',
    (hand: Hand) =>
      hand.on('token').close(refused('UNSUPPORTED_VERSION', { retryable: false }), 'next'),
  ],
  [
    'has no token',
    (hand: Hand) =>
      hand.send({ type: 'tokenFailed', ask: hand.machine.ask ?? 0, error: unknownOutcome() }),
  ],
  [
    'cannot catch up',
    (hand: Hand) => {
      hand.on('token').on('ready')
      const link = hand.machine.next?.id ?? 0
      return hand.send({ type: 'catchUpFailed', link, error: unknownOutcome() })
    },
  ],
] as const)('where the second link %s, the first goes on, and it is tried again', (_, fail) => {
  const hand = new Hand().live().send({ type: 'draining', link: 2, afterMs: 0 }).due('moveDue')
  fail(hand)
  expect(hand.machine).toMatchObject({ state: 'live', link: { id: 2 }, next: null })
  expect(hand.effects).not.toContainEqual({ type: 'closeLink', link: 2 })
  expect(hand.machine.moveAt).toBeGreaterThanOrEqual(hand.now)
  hand.due('moveDue').on('token').on('ready').on('caughtUp')
  expect(hand.state).toBe('live')
  expect(hand.machine.link?.id).not.toBe(2)
})

test.each([
  ['move-authorizing', 'authorizing'],
  ['move-connecting', 'connecting'],
  ['move-catching-up', 'catching-up'],
] as const)('when the first link goes in %s, the second goes on alone', (from, to) => {
  const hand = new Hand().live().send({ type: 'draining', link: 2, afterMs: 0 }).due('moveDue')
  if (from !== 'move-authorizing') hand.on('token')
  if (from === 'move-catching-up') hand.on('ready')
  const { next, ask } = hand.machine
  expect(hand.state).toBe(from)
  hand.close({ cause: 'transport', wasReady: true })
  expect(hand.machine).toMatchObject({ state: to, link: next, next: null, ask })
})

test('a session that is over on one link is over on both', () => {
  const hand = new Hand().live().send({ type: 'draining', link: 2, afterMs: 0 }).due('moveDue')
  hand.on('token').close(ended('AUTH_REVOKED', false), 'next')
  expect(hand.machine).toMatchObject({ state: 'ended', link: null, next: null })
  expect(hand.effects).toContainEqual({ type: 'closeLink', link: 2 })
})

test('after three sockets that never became ready it goes over HTTP, and tries a socket again', () => {
  const hand = new Hand().connect()
  for (let n = 0; n < 3; n += 1) {
    hand.on('token')
    expect(hand.has('openLink')).toMatchObject({ via: 'socket' })
    hand.close(cut).due('retryDue')
  }
  hand.on('token')
  expect(hand.has('openLink')).toMatchObject({ via: 'http' })
  hand.on('ready').on('caughtUp')
  expect((hand.machine.moveAt ?? 0) - hand.now).toBe(PROBE_EVERY_MS)
  hand.due('moveDue').on('token')
  expect(hand.has('openLink')).toMatchObject({ via: 'socket' })
  hand.close(cut, 'next')
  expect((hand.machine.moveAt ?? 0) - hand.now).toBe(PROBE_EVERY_MS)
  hand.due('moveDue').on('token').on('ready').on('caughtUp')
  expect(hand.machine).toMatchObject({
    state: 'live',
    link: { via: 'socket' },
    socketMisses: 0,
    moveAt: null,
  })
})

test('where neither gets through they take turns; another network begins with the socket', () => {
  const hand = new Hand().connect()
  const vias: string[] = []
  for (let n = 0; n < 7; n += 1) {
    hand.on('token')
    vias.push(hand.machine.link?.via ?? '')
    hand.close(cut).due('retryDue')
  }
  expect(vias).toEqual(['socket', 'socket', 'socket', 'http', 'socket', 'http', 'socket'])
  hand.on('token').close(cut).send({ type: 'networkBack' }).on('token')
  expect(hand.machine.link?.via).toBe('socket')
})

test('a refusal is no fault of the transport', () => {
  const hand = new Hand().connect()
  for (let n = 0; n < 5; n += 1) hand.on('token').close(refused('SERVER_BUSY')).due('retryDue')
  expect(hand.on('token').machine).toMatchObject({ socketMisses: 0, link: { via: 'socket' } })
})

test('a token is refreshed in band; one that lives shortly is not refreshed all the time', () => {
  const hand = new Hand().live().send({ type: 'tokenExpiring', link: 2, leftMs: 60_000 })
  expect(hand.effects).toEqual([{ type: 'refreshToken', link: 2, stale: 't1' }])
  hand.send({ type: 'tokenRefreshed', link: 2, token: 't2' })
  hand.send({ type: 'tokenExpiring', link: 2, leftMs: 10_000 })
  expect(hand.effects).toEqual([{ type: 'startTimer', timer: 'refresh', ms: 3_750 }])
  hand.due('refreshDue')
  expect(hand.effects).toEqual([{ type: 'refreshToken', link: 2, stale: 't2' }])
  hand.send({ type: 'refreshFailed', link: 2, error: unknownOutcome(), isFinal: false })
  expect(hand.state).toBe('live')
  expect(hand.has('startTimer')).toMatchObject({ timer: 'refresh' })
  const error = new ChatError({ code: 'AUTH_REVOKED', message: 'gone' })
  hand.send({ type: 'refreshFailed', link: 2, error, isFinal: true })
  expect(hand.machine).toMatchObject({ state: 'ended', error })
})

test('a token that nears its end on the second link is refreshed once that is the first', () => {
  const hand = new Hand().live().send({ type: 'draining', link: 2, afterMs: 0 }).due('moveDue')
  hand.on('token', 't2').on('ready')
  hand.send({ type: 'tokenExpiring', link: 4, leftMs: 30_000 })
  expect(hand.effects).toEqual([])
  hand.on('caughtUp').due('refreshDue')
  expect(hand.effects).toEqual([{ type: 'refreshToken', link: 4, stale: 't2' }])
})

test('what is told of a link or a token that is gone changes nothing', () => {
  const hand = new Hand().live()
  const stale: MachineEvent[] = [
    { type: 'linkClosed', link: 99, why: cut },
    { type: 'linkReady', link: 99 },
    { type: 'caughtUp', link: 99 },
    { type: 'catchUpFailed', link: 99, error: unknownOutcome() },
    { type: 'draining', link: 99, afterMs: 0 },
    { type: 'tokenExpiring', link: 99, leftMs: 0 },
    { type: 'tokenRefreshed', link: 99, token: 'x' },
    { type: 'refreshFailed', link: 99, error: unknownOutcome(), isFinal: true },
    { type: 'tokenReady', ask: 99, token: 'x' },
    { type: 'tokenFailed', ask: 99, error: unknownOutcome() },
  ]
  const before = hand.machine
  for (const event of stale) {
    expect(hand.send(event).effects).toEqual([])
    expect(hand.machine).toEqual(before)
  }
})

test('a token that seems to be at its end as soon as it comes is not refreshed all the time', () => {
  const hand = new Hand().live()
  for (const leftMs of [-3_600_000, 0, 1_000]) {
    hand.send({ type: 'tokenExpiring', link: 2, leftMs })
    if (hand.has('refreshToken') === undefined) {
      expect(hand.has('startTimer')).toEqual({ type: 'startTimer', timer: 'refresh', ms: 3_000 })
      hand.due('refreshDue')
    }
    hand.send({ type: 'tokenRefreshed', link: 2, token: `t${leftMs}` })
  }
})

test('what the server asked for before it was live is over then, whatever the clock says', () => {
  const hand = new Hand().connect().on('token')
  hand.close(refused('SERVER_BUSY', { retryAfterMs: 2_000 })).due('retryDue')
  hand.on('token').on('ready').on('caughtUp')
  expect(hand.state).toBe('live')
  hand.now -= 3_600_000
  hand.close(cut).send({ type: 'retryNow' })
  expect(hand.state).toBe('authorizing')
})
