import {
  afterClose,
  askForToken,
  attempt,
  chooseVia,
  countReady,
  end,
  moveTime,
  openLink,
  pause,
  type Rule,
  stay,
} from './coming-back.ts'
import { initialMachine, type Machine, type MachineInput, type Step } from './machine-state.ts'
import { HURRY_EVERY_MS } from './retry-policy.ts'

/** Whatever was wrong before, it begins from here. What the server asked for is kept. */
export const begin: Rule<'connect' | 'retryDue' | 'retryNow'> = (machine, event, input) => {
  // Its timer was set for when the server wants us, whatever the clock says now.
  if (event.type === 'retryDue') return askForToken(machine, 'authorizing')
  if (event.type === 'retryNow') return attempt(machine, input)
  const { can, numbers, notBefore, stale } = machine
  const { isOnline } = event
  return attempt({ ...initialMachine(can), numbers, notBefore, stale, isOnline }, input)
}

/** Another network: what did not get through before may do so now. */
export const beginAnew: Rule<'networkBack'> = (machine, _, input) =>
  attempt({ ...machine, isOnline: true, socketMisses: 0, httpMissed: false }, input)

export const hurry = (machine: Machine, _: unknown, input: MachineInput): Step =>
  attempt(machine, input)

export const hurryOnce: Rule<'pageShown'> = (machine, event, input) => {
  const { hurriedAt } = machine
  if (hurriedAt !== null && input.now - hurriedAt < HURRY_EVERY_MS) return stay(machine)
  return hurry({ ...machine, hurriedAt: input.now }, event, input)
}

export const stop = (machine: Machine): Step => {
  const { can, numbers, notBefore, isOnline, stale } = machine
  return stay({ ...initialMachine(can), numbers, notBefore, isOnline, stale })
}

export const open: Rule<'tokenReady'> = (machine, { ask, token }) => {
  if (ask !== machine.ask) return stay(machine)
  const { link, numbers, effects } = openLink(machine, token, chooseVia(machine))
  return { machine: { ...machine, state: 'connecting', ask: null, link, numbers }, effects }
}

export const noToken: Rule<'tokenFailed'> = (machine, { ask, error }, input) => {
  if (ask !== machine.ask) return stay(machine)
  return error.isRetryable ? pause(machine, error, input) : end(machine, error)
}

export const catchUp: Rule<'linkReady'> = (machine, { link: id, session }) => {
  const { link } = machine
  if (link === null || link.id !== id) return stay(machine)
  return {
    machine: {
      ...countReady(machine, link),
      state: 'catching-up',
      link: { ...link, isReady: true },
    },
    effects: [{ type: 'catchUp', link: id, session }],
  }
}

export const goLive: Rule<'caughtUp'> = (machine, { link: id }, input) => {
  const { link } = machine
  if (link === null || link.id !== id) return stay(machine)
  return stay({
    ...machine,
    state: 'live',
    liveSince: input.now,
    attempt: 0,
    moveFailures: 0,
    error: null,
    moveAt: moveTime(machine, link, input),
  })
}

export const lost: Rule<'linkClosed'> = (machine, { link: id, why }, input) => {
  const { link } = machine
  return link === null || link.id !== id ? stay(machine) : afterClose(machine, link, why, input)
}

export const failed: Rule<'catchUpFailed'> = (machine, { link: id, error }, input) =>
  machine.link?.id === id ? pause(machine, error, input) : stay(machine)

export const goOffline = (machine: Machine): Step =>
  stay({
    ...stop(machine).machine,
    state: 'offline',
    isOnline: false,
    failures: machine.failures,
    refusals: machine.refusals,
    attempt: machine.liveSince === null ? machine.attempt : 0,
  })

export const noteOffline = (machine: Machine): Step => stay({ ...machine, isOnline: false })
export const noteOnline = (machine: Machine): Step => stay({ ...machine, isOnline: true })
