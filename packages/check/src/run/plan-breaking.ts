import { FAULTS, findFault } from '../faults/fault-table.ts'
import { faultPlan } from '../faults/fault-plan.ts'
import type { Fault, FaultNeeds, PlannedFault } from '../faults/fault.ts'
import { wrong, type Flags } from './flags.ts'

export interface Breaking {
  readonly planned: readonly PlannedFault[]
  /** Some of it is done to the ways between processes: proxies stand on them. */
  readonly needsWays: boolean
}

const FLAG_OF: Readonly<Partial<Record<FaultNeeds, string>>> = {
  sentinel: '--redis sentinel',
  cluster: '--redis cluster',
  pair: '--database pair',
}
const OF_WAYS: ReadonlySet<FaultNeeds> = new Set(['proxy', 'any'])

type Met = Readonly<Record<FaultNeeds, boolean>>

/** What is broken, when, and for how long: of the seed alone. */
export function planBreaking({ faults, url, seed, durationS, redis, database }: Flags): Breaking {
  const isOurs = url === undefined
  // Before somebody else's cluster stands a proxy of ours, unless what goes through is encrypted.
  const met: Met = {
    local: isOurs,
    proxy: isOurs,
    any: isOurs || url.startsWith('http:'),
    sentinel: redis === 'sentinel',
    cluster: redis === 'cluster',
    pair: database === 'pair',
  }
  const names = faults.flatMap((name) => {
    if (name === 'none') return []
    if (name === 'all') return FAULTS.filter(({ needs }) => met[needs]).map((one) => one.name)
    const fault = knownFault(name)
    if (met[fault.needs]) return [name]
    const flag = FLAG_OF[fault.needs]
    if (isOurs && flag !== undefined) throw wrong(`${name} needs ${flag}.`)
    throw wrong(`${name} can be done to a cluster of our own only, not to that of --url.`)
  })
  const planned = faultPlan(seed, names, durationS * 1_000)
  return { planned, needsWays: planned.some((one) => OF_WAYS.has(findFault(one.name).needs)) }
}

function knownFault(name: string): Fault {
  const [plain = ''] = name.split('@')
  const fault = FAULTS.find((one) => one.name === plain)
  if (fault !== undefined) return fault
  throw wrong(`There is no fault '${plain}'; --faults list names them all.`)
}
