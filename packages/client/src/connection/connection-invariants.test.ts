import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import { readSpec } from '../testing/read-spec.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { stepMachine } from './connection-machine.ts'
import type { LinkClosed } from './link.ts'
import {
  type Effect,
  initialMachine,
  type Machine,
  type MachineEvent,
  type StateName,
  type TimerName,
} from './machine-state.ts'
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, REFUSALS_MAX } from './retry-policy.ts'
import { RULE_NAMES } from '../testing/rule-names.ts'

const { leadsTo } = readSpec(readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8'))
const STEPS = 10_000
const WITH_LINK = new Set<StateName>([
  'connecting',
  'catching-up',
  'live',
  'move-authorizing',
  'move-connecting',
  'move-catching-up',
])
const WITH_NEXT = new Set<StateName>(['move-connecting', 'move-catching-up'])
const ASKING = new Set<StateName>(['authorizing', 'move-authorizing'])
const must = (holds: boolean, what: string): void => {
  // In place of `expect`, which takes longer than the step it looks at.
  if (!holds) throw new Error(what)
}
const LIVE = new Set<StateName>(['live', ...WITH_NEXT, 'move-authorizing'])

/** Plays everybody but the machine: it answers what was asked for, in time, late, or not at all. */
class World {
  readonly random: () => number
  machine: Machine
  now = 1_000_000
  readonly open = new Set<number>()
  readonly timers = new Map<TimerName, number>()
  readonly seen = new Set<number>()
  readonly visited = new Set<StateName>()
  notBefore = 0

  constructor(seed: number, can: Machine['can']) {
    this.random = seededRandom(seed)
    this.machine = initialMachine(can)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)]!
  }

  error(): ChatError {
    const busy = { code: 'SERVER_BUSY', message: '', retryable: true, retryAfterMs: 3_000 } as const
    if (this.random() < 0.03) return new ChatError({ code: 'AUTH_REVOKED', message: '' })
    return this.random() < 0.2 ? new ChatError(busy) : unknownOutcome()
  }

  closed(link: number): LinkClosed {
    const { machine } = this
    const by = this.random()
    const isReady = [machine.link, machine.next].some((one) => one?.id === link && one.isReady)
    // A handshake that was answered is not refused any more.
    if (by < 0.5 || (isReady && by < 0.8)) return { cause: 'transport', wasReady: false }
    const code = this.pick(['AUTH_EXPIRED', 'AUTH_INVALID', 'SERVER_BUSY', 'INVALID'] as const)
    if (by < 0.8) {
      const error = { code, message: '', retryable: code === 'SERVER_BUSY', requestId: '' }
      const wait = code === 'SERVER_BUSY' && { retryAfterMs: Math.round(this.random() * 5_000) }
      return { cause: 'refused', error: { ...error, ...wait } }
    }
    const end = this.pick(['AUTH_EXPIRED', 'DRAINING', 'SLOW_CONSUMER', 'AUTH_REVOKED'] as const)
    return {
      cause: 'ended',
      end: { code: end, reconnect: end !== 'AUTH_REVOKED', message: '' },
    }
  }

  /** Mostly what is due or asked for; sometimes of a link or token that is gone. */
  next(): MachineEvent {
    const { machine } = this
    const link = this.pick([machine.link?.id, machine.next?.id, machine.next?.id, 1]) ?? 0
    const ask = this.random() < 0.95 ? (machine.ask ?? 0) : 1
    const due = [...this.timers].toSorted(([, a], [, b]) => a - b)[0]
    const by = this.random()
    if (machine.state === 'ended' || machine.state === 'idle') {
      if (by < 0.5) return { type: 'connect', isOnline: this.random() < 0.9 }
    }
    if (by < 0.25 && due !== undefined) {
      this.now = Math.max(this.now, due[1])
      return { type: `${due[0]}Due` }
    }
    const error = this.error()
    return this.pick<() => MachineEvent>([
      () => ({ type: 'connect', isOnline: true }),
      () => ({ type: this.random() < 0.2 ? 'disconnect' : 'retryNow' }),
      () => ({ type: 'tokenReady', ask, token: 't' }),
      () => ({ type: 'tokenReady', ask, token: 't' }),
      () => ({ type: 'tokenReady', ask, token: 't' }),
      () => ({ type: 'tokenFailed', ask, error }),
      () => ({ type: 'linkReady', link }),
      () => ({ type: 'linkReady', link }),
      () => ({ type: 'linkReady', link }),
      () => ({ type: 'caughtUp', link }),
      () => ({ type: 'caughtUp', link }),
      () => ({ type: 'catchUpFailed', link, error }),
      () => ({ type: 'linkClosed', link, why: this.closed(link) }),
      () => ({ type: 'draining', link, afterMs: Math.round(this.random() * 2_000) }),
      () => ({ type: 'tokenExpiring', link, leftMs: 60_000 * this.random() }),
      () => ({ type: 'tokenRefreshed', link, token: 't2' }),
      () => ({ type: 'refreshFailed', link, error, isFinal: !error.isRetryable }),
      () => ({ type: this.random() < 0.3 ? 'networkLost' : 'networkBack' }),
      () => ({ type: 'pageShown' }),
    ])()
  }

  step(): void {
    this.now += Math.floor(this.random() * 700)
    const event = this.next()
    const before = Object.freeze(this.machine)
    const draws: number[] = []
    const random = (): number => draws[draws.push(this.random()) - 1]!
    const step = stepMachine(before, event, { now: this.now, random })
    const replay = [...draws]
    const once = stepMachine(before, event, { now: this.now, random: () => replay.shift()! })
    must(isDeepStrictEqual(once, step), 'invariant 12')
    if ('link' in event && event.type === 'linkClosed') this.noteClosed(before, event)
    if (event.type.endsWith('Due')) this.timers.delete(event.type.slice(0, -3) as TimerName)
    for (const effect of step.effects) this.run(effect)
    this.machine = step.machine
    this.visited.add(step.machine.state)
    this.check(before, event, step.effects)
  }

  noteClosed(before: Machine, { link, why }: MachineEvent & { type: 'linkClosed' }): void {
    this.open.delete(link)
    const isKnown = before.link?.id === link || before.next?.id === link
    if (isKnown && why.cause === 'refused')
      this.notBefore = Math.max(this.notBefore, this.now + (why.error.retryAfterMs ?? 0))
  }

  run(effect: Effect): void {
    if (effect.type === 'openLink') {
      must(!this.seen.has(effect.link), 'invariant 4')
      this.seen.add(effect.link)
      this.open.add(effect.link)
      expect(this.now, 'invariant 7').toBeGreaterThanOrEqual(this.notBefore)
    } else if (effect.type === 'closeLink') this.open.delete(effect.link)
    else if (effect.type === 'startTimer') this.timers.set(effect.timer, this.now + effect.ms)
    else if (effect.type === 'stopTimer') this.timers.delete(effect.timer)
    else if (effect.type === 'fetchToken') {
      must(!this.seen.has(effect.ask), 'invariant 4')
      this.seen.add(effect.ask)
    }
  }

  check(before: Machine, event: MachineEvent, effects: readonly Effect[]): void {
    const { machine } = this
    const { state, link, next } = machine
    const rule = RULE_NAMES[before.state]?.[event.type]
    const to = state === before.state ? [state, 'same'] : [state]
    must(
      rule !== undefined && to.some((name) => leadsTo[rule]?.includes(name)),
      `${rule} led to ${state}`,
    )
    must((link !== null) === WITH_LINK.has(state), 'invariant 1')
    must((next !== null) === WITH_NEXT.has(state), 'invariant 1')
    must((machine.ask !== null) === ASKING.has(state), 'invariant 2')
    this.checkTimers()
    const known = [link, next].flatMap((one) => (one === null ? [] : [one.id]))
    must(this.open.size === known.length && known.every((id) => this.open.has(id)), 'invariant 4')
    if (state === 'live' && !LIVE.has(before.state)) {
      expect(event, 'invariant 5').toEqual({ type: 'caughtUp', link: link?.id })
    }
    this.checkBreak(before, event, effects)
    if (rule !== 'ignore' && state === 'waiting' && before.state !== 'waiting') {
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (machine.failures - 1))
      const pauseMs = (machine.retryAt ?? 0) - Math.max(this.now, machine.notBefore)
      expect(pauseMs, 'invariant 8').toBeLessThanOrEqual(Math.max(longest, 0))
    }
    if (state === 'ended') expect(machine.error, 'invariant 9').not.toBeNull()
    if (before.state === 'idle' && state !== 'idle') expect(event.type).toBe('connect')
    if (before.state === 'ended' && state !== 'ended') {
      expect(['connect', 'disconnect'], 'invariant 9').toContain(event.type)
    }
    this.checkRefusals(before, event)
    const isGone =
      'link' in event && event.link !== before.link?.id && event.link !== before.next?.id
    if (isGone || ('ask' in event && event.ask !== before.ask)) {
      must(isDeepStrictEqual(machine, before), 'invariant 11')
      expect(effects, 'invariant 11').toHaveLength(0)
    }
  }

  checkTimers(): void {
    const { machine, timers } = this
    must(
      (timers.get('retry') ?? null) ===
        (machine.retryAt === null ? null : Math.max(machine.retryAt, timers.get('retry') ?? 0)),
      'invariant 3',
    )
    must((machine.retryAt !== null) === (machine.state === 'waiting'), 'invariant 3')
    for (const [timer, at] of [
      ['move', machine.moveAt],
      ['refresh', machine.refreshAt],
    ] as const) {
      must(timers.has(timer) === (at !== null), 'invariant 3')
    }
    if (machine.moveAt !== null) must(machine.state === 'live', 'invariant 3')
    if (machine.refreshAt !== null) must(machine.link?.isReady === true, 'invariant 3')
  }

  checkBreak(before: Machine, event: MachineEvent, effects: readonly Effect[]): void {
    const live = LIVE.has(before.state) ? before.link?.id : undefined
    const isClosed = effects.some((effect) => effect.type === 'closeLink' && effect.link === live)
    if (live === undefined || !isClosed) return
    const isOver = ['idle', 'ended', 'offline'].includes(this.machine.state)
    const wasTold = event.type === 'linkClosed' && event.link === live
    const isMade = event.type === 'caughtUp' && event.link === before.next?.id
    must(isOver || wasTold || isMade, 'invariant 6')
  }

  checkRefusals(before: Machine, event: MachineEvent): void {
    const isRefused =
      event.type === 'linkClosed' &&
      event.link === before.link?.id &&
      event.why.cause === 'refused' &&
      event.why.error.code.startsWith('AUTH')
    if (isRefused && before.state === 'connecting' && before.refusals >= REFUSALS_MAX) {
      must(this.machine.state === 'ended', 'invariant 10')
    }
  }
}

test.each([
  [1, { socket: true, http: true }],
  [2, { socket: true, http: true }],
  [3, { socket: true, http: true }],
  [4, { socket: true, http: true }],
  [5, { socket: true, http: false }],
  [6, { socket: true, http: false }],
  [7, { socket: false, http: true }],
  [8, { socket: false, http: true }],
])('walk %i with %o leads where SPEC.md says and breaks no invariant', (seed, can) => {
  const world = new World(seed, can)
  for (let n = 0; n < STEPS; n += 1) world.step()
  for (const state of Object.keys(RULE_NAMES) as StateName[]) {
    expect(world.visited, state).toContain(state)
  }
})
