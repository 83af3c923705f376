import { stay, type Rule } from './coming-back.ts'
import {
  begin,
  beginAnew,
  catchUp,
  failed,
  goLive,
  goOffline,
  hurry,
  hurryOnce,
  lost,
  noteOffline,
  noteOnline,
  noToken,
  open,
  stop,
} from './link-rules.ts'
import type {
  Effect,
  LinkState,
  Machine,
  MachineEvent,
  MachineInput,
  Step,
} from './machine-state.ts'
import {
  beginMove,
  catchUpNext,
  leaveAt,
  moveFailed,
  moveLost,
  noMoveToken,
  openNext,
  promote,
} from './move-rules.ts'
import { expiring, notRefreshed, refresh, refreshed } from './refresh-rules.ts'
import { TRANSITIONS, type RuleName } from './transition-table.ts'

const RULES = {
  ignore: stay,
  begin,
  beginAnew,
  hurry,
  hurryOnce,
  stop,
  open,
  noToken,
  catchUp,
  goLive,
  lost,
  failed,
  leaveAt,
  beginMove,
  openNext,
  noMoveToken,
  catchUpNext,
  promote,
  moveLost,
  moveFailed,
  expiring,
  refresh,
  refreshed,
  notRefreshed,
  goOffline,
  noteOffline,
  noteOnline,
} satisfies Record<RuleName, unknown>

/**
 * What becomes of `event`, and what is to be done about it. Pure: the same machine, event and input
 * answer the same, and nothing is done here. SPEC.md is its specification.
 */
export function stepMachine(machine: Machine, event: MachineEvent, input: MachineInput): Step {
  const rule = RULES[TRANSITIONS[machine.state][event.type]] as Rule
  const before = withoutTimer(machine, event)
  const { machine: then, effects } = rule(before, event, input)
  if (then === before) return { machine: before, effects }
  return {
    machine: then,
    effects: [...closings(before, then), ...effects, ...timings(before, then, input.now)],
  }
}

/** A timer that has fired does not run any more. */
function withoutTimer(machine: Machine, { type }: MachineEvent): Machine {
  if (type === 'retryDue') return { ...machine, retryAt: null }
  if (type === 'moveDue') return { ...machine, moveAt: null }
  return type === 'refreshDue' ? { ...machine, refreshAt: null } : machine
}

const linksOf = ({ link, next }: Machine): LinkState[] => [link, next].filter((one) => one !== null)

/** Who is not there any more is closed: once, and of no rule's own accord. */
function closings(before: Machine, then: Machine): Effect[] {
  const kept = new Set(linksOf(then).map(({ id }) => id))
  return linksOf(before)
    .filter(({ id }) => !kept.has(id))
    .map(({ id }) => ({ type: 'closeLink', link: id }))
}

const TIMERS = [
  ['retry', 'retryAt'],
  ['move', 'moveAt'],
  ['refresh', 'refreshAt'],
] as const

function timings(before: Machine, then: Machine, now: number): Effect[] {
  return TIMERS.flatMap(([timer, at]): Effect[] => {
    const due = then[at]
    if (due === before[at]) return []
    if (due === null) return [{ type: 'stopTimer', timer }]
    return [{ type: 'startTimer', timer, ms: Math.max(0, due - now) }]
  })
}
