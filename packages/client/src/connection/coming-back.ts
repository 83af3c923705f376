import type { ErrorBody, SessionEnd } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { LinkClosed } from './link.ts'
import type {
  Effect,
  EventName,
  EventOf,
  LinkState,
  Machine,
  MachineInput,
  Step,
  Via,
} from './machine-state.ts'
import {
  probeDelayMs,
  REFUSALS_MAX,
  retryDelayMs,
  SOCKET_TRIES,
  STEADY_MS,
} from './retry-policy.ts'

/** The effects that follow from the difference of two machines are added by `stepMachine`. */
export type Rule<Name extends EventName = EventName> = (
  machine: Machine,
  event: EventOf<Name>,
  input: MachineInput,
) => Step

export const stay = (machine: Machine): Step => ({ machine, effects: [] })

const NO_LINKS = { link: null, next: null, ask: null, liveSince: null } as const
const NO_TIMERS = { retryAt: null, moveAt: null, refreshAt: null } as const

export function askForToken(machine: Machine, state: 'authorizing' | 'move-authorizing'): Step {
  const ask = machine.numbers + 1
  return {
    machine: { ...machine, state, ask, numbers: ask, retryAt: null, moveAt: null },
    effects: [{ type: 'fetchToken', ask, stale: machine.stale }],
  }
}

export const end = (machine: Machine, error: ChatError): Step =>
  stay({ ...machine, ...NO_LINKS, ...NO_TIMERS, state: 'ended', error })

/** An attempt, unless the server asked not to be troubled yet. */
export const attempt = (machine: Machine, { now }: MachineInput): Step =>
  now < machine.notBefore
    ? stay({ ...machine, state: 'waiting', retryAt: machine.notBefore })
    : askForToken(machine, 'authorizing')

/** Another attempt after a pause; without a network, when there is one. */
export function pause(machine: Machine, error: ChatError, { now, random }: MachineInput): Step {
  const retryAfterMs = error.retryAfterMs ?? 0
  const notBefore = Math.max(machine.notBefore, now + retryAfterMs)
  const failures = failuresOf(machine, now)
  const base: Machine = {
    ...machine,
    ...NO_LINKS,
    ...NO_TIMERS,
    attempt: machine.liveSince === null ? machine.attempt + 1 : 0,
    failures: failures + 1,
    notBefore: retryAfterMs > 0 ? notBefore : machine.notBefore,
    error,
  }
  if (!machine.isOnline) return stay({ ...base, state: 'offline' })
  const retryAt = Math.max(now + retryDelayMs(failures, retryAfterMs, random), base.notBefore)
  return stay({ ...base, state: 'waiting', retryAt })
}

/** A session that was steady has made up for what had failed before it. */
export const failuresOf = ({ liveSince, failures }: Machine, now: number): number =>
  liveSince !== null && now - liveSince >= STEADY_MS ? 0 : failures

export function openLink(machine: Machine, token: string, via: Via) {
  const id = machine.numbers + 1
  const link: LinkState = {
    id,
    via,
    token,
    isReady: false,
    drainAt: null,
    isExpiring: false,
    refreshedAt: null,
  }
  const effect: Effect = { type: 'openLink', link: id, via, token }
  return { link, numbers: id, effects: [effect] }
}

/** The socket first; HTTP where it does not get through; then in turns, until one does. */
export function chooseVia({ can, socketMisses, httpMissed }: Machine): Via {
  if (!can.http) return 'socket'
  if (!can.socket) return 'http'
  return socketMisses < SOCKET_TRIES || httpMissed ? 'socket' : 'http'
}

export function countMiss(machine: Machine, { via, isReady }: LinkState, why: LinkClosed): Machine {
  if (isReady || why.cause !== 'transport') return machine
  return via === 'http'
    ? { ...machine, httpMissed: true }
    : { ...machine, socketMisses: machine.socketMisses + 1, httpMissed: false }
}

/** Of a link that has become ready: token and transport are good. */
export const countReady = (machine: Machine, { via }: LinkState): Machine => ({
  ...machine,
  refusals: 0,
  stale: null,
  httpMissed: false,
  socketMisses: via === 'socket' ? 0 : machine.socketMisses,
})

/** When what is live now is to be left: a drained gateway when it asked to, HTTP for a socket. */
export function moveTime({ can }: Machine, link: LinkState, input: MachineInput): number | null {
  if (link.drainAt !== null) return Math.max(input.now, link.drainAt)
  if (link.via === 'http' && can.socket) return input.now + probeDelayMs(input.random)
  return null
}

export const isAuth = (code: string): boolean =>
  code === 'AUTH_EXPIRED' || code === 'AUTH_INVALID' || code === 'AUTH_REQUIRED'

/** Reasons that are no row of the table of errors are told as a server that was busy. */
export const endError = ({ code, message, reconnect }: SessionEnd): ChatError =>
  new ChatError({
    code: code === 'SLOW_CONSUMER' || code === 'LOG_RESTORED' ? 'SERVER_BUSY' : code,
    message,
    retryable: reconnect,
  })

export const closedError = (why: LinkClosed): ChatError => {
  if (why.cause === 'refused') return new ChatError(why.error)
  return why.cause === 'ended' ? endError(why.end) : unknownOutcome()
}

/** The link is gone: with another token, later, or not at all. */
export function afterClose(
  before: Machine,
  link: LinkState,
  why: LinkClosed,
  input: MachineInput,
): Step {
  const machine = countMiss(before, link, why)
  const error = closedError(why)
  if (why.cause === 'transport') return pause(machine, error, input)
  if (why.cause === 'refused') return afterRefusal(machine, link, why.error, input)
  if (!why.end.reconnect) return end(machine, error)
  if (why.end.code !== 'AUTH_EXPIRED') return pause(machine, error, input)
  const other = { ...machine, stale: link.token }
  return failuresOf(machine, input.now) === 0
    ? again(other, error, input)
    : pause(other, error, input)
}

function afterRefusal(
  machine: Machine,
  link: LinkState,
  body: ErrorBody,
  input: MachineInput,
): Step {
  const error = new ChatError(body)
  if (!isAuth(body.code)) {
    return error.isRetryable ? pause(machine, error, input) : end(machine, error)
  }
  const refusals = machine.refusals + 1
  const refused = { ...machine, refusals, stale: link.token }
  if (refusals > REFUSALS_MAX) return end(refused, error)
  return refusals === 1 ? again(refused, error, input) : pause(refused, error, input)
}

/** At once, with another token, unless the server asked not to be troubled yet. */
function again(machine: Machine, error: ChatError, input: MachineInput): Step {
  const { liveSince } = machine
  const cut: Machine = {
    ...machine,
    ...NO_LINKS,
    ...NO_TIMERS,
    error,
    attempt: liveSince === null ? machine.attempt + 1 : 0,
    failures: failuresOf(machine, input.now) + 1,
  }
  return attempt(cut, input)
}
