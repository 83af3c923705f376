import type { ChatError } from '../chat-error.ts'
import {
  afterClose,
  askForToken,
  chooseVia,
  closedError,
  countMiss,
  countReady,
  end,
  failuresOf,
  isAuth,
  moveTime,
  openLink,
  type Rule,
  stay,
} from './coming-back.ts'
import type { LinkState, Machine, MachineInput, StateName, Step } from './machine-state.ts'
import { probeDelayMs, retryDelayMs } from './retry-policy.ts'

/** Both links are told of in the same way. */
const change = (machine: Machine, id: number, by: (link: LinkState) => LinkState): Machine => {
  const { link, next } = machine
  if (link?.id === id) return { ...machine, link: by(link) }
  return next?.id === id ? { ...machine, next: by(next) } : machine
}

export const leaveAt: Rule<'draining'> = (machine, { link: id, afterMs }, input) => {
  const drainAt = input.now + afterMs
  const drained = change(machine, id, (link) => ({ ...link, drainAt: link.drainAt ?? drainAt }))
  const isLive = machine.state === 'live' && machine.link?.id === id
  return stay(isLive ? { ...drained, moveAt: drained.link?.drainAt ?? null } : drained)
}

export const beginMove: Rule<'moveDue'> = (machine, _, { now }) =>
  now < machine.notBefore
    ? stay({ ...machine, moveAt: machine.notBefore })
    : askForToken(machine, 'move-authorizing')

export const openNext: Rule<'tokenReady'> = (machine, { ask, token }) => {
  if (ask !== machine.ask) return stay(machine)
  const isProbe = machine.link?.via === 'http' && machine.can.socket
  const opened = openLink(machine, token, isProbe ? 'socket' : chooseVia(machine))
  const { link: next, numbers, effects } = opened
  return { machine: { ...machine, state: 'move-connecting', ask: null, next, numbers }, effects }
}

export const noMoveToken: Rule<'tokenFailed'> = (machine, { ask, error }, input) => {
  if (ask !== machine.ask) return stay(machine)
  return error.isRetryable ? stayHere(machine, error, input) : end(machine, error)
}

export const catchUpNext: Rule<'linkReady'> = (machine, { link: id, session }) => {
  const { next } = machine
  if (next === null || next.id !== id) return stay(machine)
  return {
    machine: {
      ...countReady(machine, next),
      state: 'move-catching-up',
      next: { ...next, isReady: true },
    },
    effects: [{ type: 'catchUp', link: id, session }],
  }
}

export const promote: Rule<'caughtUp'> = (machine, { link: id }, input) => {
  const { next } = machine
  if (next === null || next.id !== id) return stay(machine)
  return stay({
    ...machine,
    state: 'live',
    link: { ...next, isExpiring: false },
    next: null,
    liveSince: input.now,
    moveFailures: 0,
    error: null,
    moveAt: moveTime(machine, next, input),
    refreshAt: next.isExpiring ? input.now : null,
  })
}

/** It stays where it is, and tries again while that lasts. */
function stayHere(machine: Machine, error: ChatError, input: MachineInput): Step {
  const { now, random } = input
  const retryAfterMs = error.retryAfterMs ?? 0
  const { moveFailures, link } = machine
  const delayMs =
    link?.via === 'http'
      ? retryAfterMs + probeDelayMs(random)
      : retryDelayMs(moveFailures, retryAfterMs, random)
  return stay({
    ...machine,
    state: 'live',
    next: null,
    ask: null,
    moveFailures: moveFailures + 1,
    notBefore: Math.max(machine.notBefore, retryAfterMs > 0 ? now + retryAfterMs : 0),
    moveAt: now + delayMs,
  })
}

const ALONE: Partial<Record<StateName, StateName>> = {
  'move-authorizing': 'authorizing',
  'move-connecting': 'connecting',
  'move-catching-up': 'catching-up',
}

/** What was live is gone: the other one goes on, as the only one. */
function takeOver(machine: Machine, error: ChatError, { now }: MachineInput): Step {
  const { next } = machine
  return stay({
    ...machine,
    state: ALONE[machine.state] ?? machine.state,
    link: next === null ? null : { ...next, isExpiring: false },
    next: null,
    liveSince: null,
    failures: failuresOf(machine, now),
    attempt: 0,
    error,
    refreshAt: next?.isExpiring === true ? now : null,
  })
}

export const moveLost: Rule<'linkClosed'> = (machine, { link: id, why }, input) => {
  const { link, next } = machine
  const isOver = why.cause === 'ended' && !why.end.reconnect
  if (link?.id === id) {
    return isOver
      ? afterClose(machine, link, why, input)
      : takeOver(machine, closedError(why), input)
  }
  if (next?.id !== id) return stay(machine)
  if (isOver) return afterClose(machine, next, why, input)
  const counted = countMiss(machine, next, why)
  const isRefused = why.cause === 'refused' && isAuth(why.error.code)
  const refused = isRefused
    ? { ...counted, stale: next.token, refusals: counted.refusals + 1 }
    : counted
  return stayHere(refused, closedError(why), input)
}

export const moveFailed: Rule<'catchUpFailed'> = (machine, { link: id, error }, input) =>
  machine.next?.id === id ? stayHere(machine, error, input) : stay(machine)
