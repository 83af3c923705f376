import type { ChatError } from '../chat-error.ts'
import {
  askForToken,
  chooseVia,
  closedError,
  end,
  learnFrom,
  notBefore,
  takeOver,
} from './coming-back.ts'
import { becomeLive, becomeReady, change, openLink } from './link-rules.ts'
import type { Machine, MachineInput, Rule } from './machine-state.ts'
import { probeDelayMs, retryDelayMs } from './retry-policy.ts'

export const leaveAt: Rule<'draining'> = (machine, { afterMs }, { now }, link) => {
  const drainAt = link.drainAt ?? now + afterMs
  const noted = change(machine, link, { drainAt })
  return machine.state === 'live' ? { ...noted, moveAt: drainAt } : noted
}

export const beginMove: Rule<'moveDue'> = (machine, _, { now }) =>
  now < machine.notBefore
    ? { ...machine, moveAt: machine.notBefore }
    : askForToken(machine, 'move-authorizing')

export const openNext: Rule<'tokenReady'> = (machine, { token }) => {
  const isProbe = machine.link?.via === 'http' && machine.can.socket
  const opened = openLink(machine, 'next', token, isProbe ? 'socket' : chooseVia(machine))
  return { ...opened, state: 'move-connecting' }
}

export const noMoveToken: Rule<'tokenFailed'> = (machine, { error }, input) =>
  error.isRetryable ? stayHere(machine, error, input) : end(machine, error)

export const catchUpNext: Rule<'linkReady'> = (machine, _event, _input, link) =>
  link === machine.next ? { ...becomeReady(machine, link), state: 'move-catching-up' } : machine

export const promote: Rule<'caughtUp'> = (machine, _, input, link) =>
  link === machine.next
    ? {
        ...becomeLive(machine, { ...link, isExpiring: false }, input),
        next: null,
        refreshAt: link.isExpiring ? input.now : null,
      }
    : machine

/** It stays where it is, and tries again while that lasts. */
function stayHere(machine: Machine, error: ChatError, { now, random }: MachineInput): Machine {
  const { moveFailures, link } = machine
  const { retryAfterMs = 0 } = error
  const delayMs =
    link?.via === 'http'
      ? retryAfterMs + probeDelayMs(random)
      : retryDelayMs(moveFailures, retryAfterMs, random)
  return {
    ...machine,
    state: 'live',
    next: null,
    ask: null,
    moveFailures: moveFailures + 1,
    notBefore: notBefore(machine, error, now),
    moveAt: now + delayMs,
  }
}

export const moveLost: Rule<'linkClosed'> = (machine, { why }, input, link) => {
  const error = closedError(why)
  if (why.cause === 'ended' && !why.end.reconnect) return end(machine, error)
  return link === machine.link
    ? takeOver(machine, error, input.now)
    : stayHere(learnFrom(machine, why, link), error, input)
}

export const moveFailed: Rule<'catchUpFailed'> = (machine, { error }, input, link) =>
  link === machine.next ? stayHere(machine, error, input) : machine
