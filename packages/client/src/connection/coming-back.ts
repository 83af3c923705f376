import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { LinkClosed } from './link.ts'
import type { LinkState, Machine, MachineInput, Via } from './machine-state.ts'
import {
  probeDelayMs,
  REFUSALS_MAX,
  retryDelayMs,
  SOCKET_TRIES,
  STEADY_MS,
} from './retry-policy.ts'

/** Neither links nor timers. */
const NOTHING = {
  link: null,
  next: null,
  ask: null,
  liveSince: null,
  retryAt: null,
  moveAt: null,
  refreshAt: null,
} as const

export function askForToken(machine: Machine, state: 'authorizing' | 'move-authorizing'): Machine {
  const ask = machine.numbers + 1
  return { ...machine, state, ask, numbers: ask, retryAt: null }
}

export const end = (machine: Machine, error: ChatError): Machine => ({
  ...machine,
  ...NOTHING,
  state: 'ended',
  error,
})

/** An attempt, unless the server asked not to be troubled yet. */
export const attempt = (machine: Machine, { now }: MachineInput): Machine =>
  now < machine.notBefore
    ? { ...machine, state: 'waiting', retryAt: machine.notBefore }
    : askForToken(machine, 'authorizing')

/** A session that was steady has made up for what had failed before it. */
const failuresOf = ({ liveSince, failures }: Machine, now: number): number =>
  liveSince !== null && now - liveSince >= STEADY_MS ? 0 : failures

/** When the server wants us again, by what it says now or said before. */
export const notBefore = (machine: Machine, { retryAfterMs }: ChatError, now: number): number =>
  Math.max(machine.notBefore, retryAfterMs ? now + retryAfterMs : 0)

const fail = (machine: Machine, error: ChatError, now: number): Machine => ({
  ...machine,
  ...NOTHING,
  attempt: machine.liveSince === null ? machine.attempt + 1 : 0,
  failures: failuresOf(machine, now) + 1,
  error,
})

/** Another attempt after a pause; without a network, when there is one. */
export function pause(machine: Machine, error: ChatError, { now, random }: MachineInput): Machine {
  const failed = { ...fail(machine, error, now), notBefore: notBefore(machine, error, now) }
  if (!machine.isOnline) return { ...failed, state: 'offline' }
  const delayMs = retryDelayMs(failed.failures - 1, error.retryAfterMs, random)
  return { ...failed, state: 'waiting', retryAt: Math.max(now + delayMs, failed.notBefore) }
}

/** At once, unless the server asked not to be troubled yet. */
const again = (machine: Machine, error: ChatError, input: MachineInput): Machine =>
  attempt(fail(machine, error, input.now), input)

export const pauseOrEnd = (machine: Machine, error: ChatError, input: MachineInput): Machine =>
  error.isRetryable ? pause(machine, error, input) : end(machine, error)

/** What was live is gone: the other one goes on, as the only one. */
export const takeOver = (machine: Machine, error: ChatError, now: number): Machine => ({
  ...machine,
  state: machine.state.slice('move-'.length) as 'authorizing' | 'connecting' | 'catching-up',
  link: machine.next && { ...machine.next, isExpiring: false },
  next: null,
  liveSince: null,
  failures: failuresOf(machine, now),
  attempt: 0,
  error,
  refreshAt: machine.next?.isExpiring === true ? now : null,
})

/** The socket first; HTTP where it does not get through; then in turns, until one does. */
export function chooseVia({ can, socketMisses, httpMissed }: Machine): Via {
  if (!can.http) return 'socket'
  return can.socket && (socketMisses < SOCKET_TRIES || httpMissed) ? 'socket' : 'http'
}

/** When what is live now is to be left: a drained gateway when it asked to, HTTP for a socket. */
export function moveTime({ can }: Machine, link: LinkState, input: MachineInput): number | null {
  if (link.drainAt !== null) return Math.max(input.now, link.drainAt)
  return link.via === 'http' && can.socket ? input.now + probeDelayMs(input.random) : null
}

/** Another token may do. */
const isAuth = ({ code }: { readonly code: string }): boolean =>
  code.startsWith('AUTH_') && code !== 'AUTH_REVOKED'

/** What a link that is gone tells of its token and of its transport. */
export function learnFrom(
  machine: Machine,
  why: LinkClosed,
  { via, isReady, token }: LinkState,
): Machine {
  if (why.cause === 'refused' && isAuth(why.error)) {
    return { ...machine, stale: token, refusals: machine.refusals + 1 }
  }
  if (isReady || why.cause !== 'transport') return machine
  return via === 'http'
    ? { ...machine, httpMissed: true }
    : { ...machine, socketMisses: machine.socketMisses + 1, httpMissed: false }
}

export function closedError(why: LinkClosed): ChatError {
  if (why.cause === 'transport') return unknownOutcome()
  if (why.cause === 'refused') return new ChatError(why.error)
  const { code, message, reconnect: retryable } = why.end
  // Reasons that are no row of the table of errors are told as a server that was busy.
  const isBusy = code === 'SLOW_CONSUMER' || code === 'LOG_RESTORED'
  return new ChatError({ code: isBusy ? 'SERVER_BUSY' : code, message, retryable })
}

/** The link is gone: with another token, later, or not at all. */
export function afterClose(
  before: Machine,
  why: LinkClosed,
  input: MachineInput,
  link: LinkState,
): Machine {
  const machine = learnFrom(before, why, link)
  const error = closedError(why)
  const { refusals } = machine
  if (refusals > before.refusals) {
    if (refusals > REFUSALS_MAX) return end(machine, error)
    return refusals === 1 ? again(machine, error, input) : pause(machine, error, input)
  }
  if (!error.isRetryable || error.code !== 'AUTH_EXPIRED') return pauseOrEnd(machine, error, input)
  const other = { ...machine, stale: link.token }
  const isSteady = failuresOf(machine, input.now) === 0
  return isSteady ? again(other, error, input) : pause(other, error, input)
}
