import {
  type Effect,
  type LinkState,
  type Machine,
  type MachineEvent,
  type MachineInput,
  STATES,
  type Step,
} from './machine-state.ts'
import { TRANSITIONS } from './transition-table.ts'

/** Name and event belong together, which the type of a table that is looked into cannot say. */
type AnyRule = (
  machine: Machine,
  event: MachineEvent,
  input: MachineInput,
  link: LinkState | undefined,
) => Machine

const TIMERS = ['retry', 'move', 'refresh'] as const

const linksOf = ({ link, next }: Machine): LinkState[] => [link, next].filter((one) => one !== null)
const find = (links: readonly LinkState[], id: number): LinkState | undefined =>
  links.find((link) => link.id === id)

/**
 * What becomes of `event`, and what is to be done about it. Pure: the same machine, event and input
 * answer the same, and nothing is done here. SPEC.md is its specification.
 */
export function stepMachine(machine: Machine, event: MachineEvent, input: MachineInput): Step {
  const link = 'link' in event ? find(linksOf(machine), event.link) : undefined
  // Of a link or a token that is gone nothing is of interest any more.
  const isGone = 'link' in event ? link === undefined : 'ask' in event && event.ask !== machine.ask
  if (isGone) return { machine, effects: [] }
  const rule = TRANSITIONS[event.type][STATES.indexOf(machine.state)] as AnyRule
  const before = withoutTimer(machine, event)
  const then = rule(before, event, input, link)
  return { machine: then, effects: difference(before, then, input.now) }
}

/** A timer that has fired does not run any more. */
function withoutTimer(machine: Machine, { type }: MachineEvent): Machine {
  const timer = TIMERS.find((name) => type === `${name}Due`)
  return timer === undefined ? machine : { ...machine, [`${timer}At`]: null }
}

/** What is to be done to come from the one to the other: no rule can forget any of it. */
function difference(before: Machine, then: Machine, now: number): Effect[] {
  const [had, has] = [linksOf(before), linksOf(then)]
  const effects: Effect[] = had
    .filter(({ id }) => !find(has, id))
    .map(({ id }) => ({ type: 'closeLink', link: id }))
  if (then.ask !== null && then.ask !== before.ask) {
    effects.push({ type: 'fetchToken', ask: then.ask, stale: then.stale })
  }
  for (const { id, via, token, isReady, refreshes } of has) {
    const old = find(had, id)
    if (!old) effects.push({ type: 'openLink', link: id, via, token })
    else if (isReady && !old.isReady) effects.push({ type: 'catchUp', link: id })
    else if (refreshes > old.refreshes)
      effects.push({ type: 'refreshToken', link: id, stale: token })
  }
  for (const timer of TIMERS) {
    const due = then[`${timer}At`]
    if (due === before[`${timer}At`]) continue
    effects.push(
      due === null
        ? { type: 'stopTimer', timer }
        : { type: 'startTimer', timer, ms: Math.max(0, due - now) },
    )
  }
  return effects
}
