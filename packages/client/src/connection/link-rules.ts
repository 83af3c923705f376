import {
  afterClose,
  askForToken,
  attempt,
  chooseVia,
  end,
  moveTime,
  pause,
  pauseOrEnd,
} from './coming-back.ts'
import {
  initialMachine,
  type LinkState,
  type Machine,
  type MachineInput,
  type Rule,
  type Via,
} from './machine-state.ts'
import { HURRY_EVERY_MS, REFRESH_AGAIN_MS, refreshDelayMs } from './retry-policy.ts'

export const ignore = (machine: Machine): Machine => machine

/** Whatever was wrong before, it begins from here. What the server asked for is kept. */
export const begin: Rule<'connect' | 'retryDue' | 'retryNow'> = (machine, event, input) => {
  // Its timer was set for when the server wants us, whatever the clock says now.
  if (event.type === 'retryDue') return askForToken(machine, 'authorizing')
  if (event.type === 'retryNow') return attempt(machine, input)
  return attempt({ ...stop(machine), isOnline: event.isOnline }, input)
}

/** Another network: what did not get through before may do so now. */
export const beginAnew: Rule<'networkBack'> = (machine, _, input) =>
  attempt({ ...machine, isOnline: true, socketMisses: 0, httpMissed: false }, input)

export const hurry: Rule<'retryNow'> = (machine, _, input) => attempt(machine, input)

export const hurryOnce: Rule<'pageShown'> = (machine, _, input) => {
  const { now } = input
  const { hurriedAt } = machine
  if (hurriedAt !== null && now - hurriedAt < HURRY_EVERY_MS) return machine
  return attempt({ ...machine, hurriedAt: now }, input)
}

export const stop = (machine: Machine): Machine => {
  const { can, numbers, notBefore, isOnline, stale } = machine
  return { ...initialMachine(can), numbers, notBefore, isOnline, stale }
}

/** Opens it, which leads on when it is ready. */
export function openLink(machine: Machine, as: 'link' | 'next', token: string, via: Via): Machine {
  const id = machine.numbers + 1
  const link: LinkState = {
    id,
    via,
    token,
    isReady: false,
    drainAt: null,
    isExpiring: false,
    refreshedAt: null,
    refreshes: 0,
  }
  return { ...machine, ask: null, numbers: id, [as]: link }
}

export const open: Rule<'tokenReady'> = (machine, { token }) => ({
  ...openLink(machine, 'link', token, chooseVia(machine)),
  state: 'connecting',
})

export const noToken: Rule<'tokenFailed'> = (machine, { error }, input) =>
  pauseOrEnd(machine, error, input)

/** Both links are told of in the same way. */
export const change = (machine: Machine, link: LinkState, by: Partial<LinkState>): Machine => ({
  ...machine,
  [link === machine.link ? 'link' : 'next']: { ...link, ...by },
})

/** Token and transport are good. */
export const becomeReady = (machine: Machine, link: LinkState): Machine => ({
  ...change(machine, link, { isReady: true }),
  refusals: 0,
  stale: null,
  httpMissed: false,
  socketMisses: link.via === 'socket' ? 0 : machine.socketMisses,
})

export const catchUp: Rule<'linkReady'> = (machine, _event, _input, link) => ({
  ...becomeReady(machine, link),
  state: 'catching-up',
})

export const becomeLive = (machine: Machine, link: LinkState, input: MachineInput): Machine => ({
  ...machine,
  state: 'live',
  link,
  liveSince: input.now,
  notBefore: 0,
  attempt: 0,
  moveFailures: 0,
  error: null,
  moveAt: moveTime(machine, link, input),
})

export const goLive: Rule<'caughtUp'> = (machine, _, input, link) =>
  becomeLive(machine, link, input)

export const lost: Rule<'linkClosed'> = (machine, { why }, input, link) =>
  afterClose(machine, why, input, link)

export const failed: Rule<'catchUpFailed'> = (machine, { error }, input) =>
  pause(machine, error, input)

const askOver = (machine: Machine, link: LinkState): Machine => ({
  ...change(machine, link, { refreshes: link.refreshes + 1 }),
  refreshAt: null,
})

/** Of the link that comes next it is noted: it is refreshed once that is the only one. */
export const expiring: Rule<'tokenExpiring'> = (machine, { leftMs }, { now, random }, link) => {
  if (link !== machine.link)
    return link.isReady ? change(machine, link, { isExpiring: true }) : machine
  const since = link.refreshedAt === null ? null : now - link.refreshedAt
  const delayMs = refreshDelayMs(leftMs, since, random)
  return delayMs === 0 ? askOver(machine, link) : { ...machine, refreshAt: now + delayMs }
}

export const refresh: Rule<'refreshDue'> = (machine) =>
  machine.link ? askOver(machine, machine.link) : machine

export const refreshed: Rule<'tokenRefreshed'> = (machine, { token }, { now }, link) =>
  link === machine.link ? change(machine, link, { token, refreshedAt: now }) : machine

/** Until the session ends with the token; then it comes back with another one. */
export const notRefreshed: Rule<'refreshFailed'> = (machine, event, { now, random }, link) => {
  if (link !== machine.link) return machine
  if (event.isFinal) return end(machine, event.error)
  return { ...machine, refreshAt: now + Math.round(REFRESH_AGAIN_MS * (0.5 + random() / 2)) }
}

export const goOffline = (machine: Machine): Machine => ({
  ...stop(machine),
  state: 'offline',
  isOnline: false,
  failures: machine.failures,
  refusals: machine.refusals,
  attempt: machine.liveSince === null ? machine.attempt : 0,
})

export const noteOffline = (machine: Machine): Machine => ({ ...machine, isOnline: false })
export const noteOnline = (machine: Machine): Machine => ({ ...machine, isOnline: true })
