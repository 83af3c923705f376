import { FAULTS, findFault } from '../faults/fault-table.ts'
import { faultPlan } from '../faults/fault-plan.ts'
import type { Fault, FaultNeeds, PlannedFault } from '../faults/fault.ts'
import { wrong, type Flags } from './flags.ts'

export interface Breaking {
  readonly planned: readonly PlannedFault[]
  /** Some of it is done to the ways between processes: proxies stand on them. */
  readonly needsWays: boolean
}

type Met = Readonly<Record<FaultNeeds, boolean>>

/** What is broken, when, and for how long: of the seed alone. */
export function planBreaking({ faults, url, seed, durationS }: Flags): Breaking {
  const isOurs = url === undefined
  // Before somebody else's cluster stands a proxy of ours, unless what goes through is encrypted.
  const met: Met = { local: isOurs, proxy: isOurs, any: isOurs || url.startsWith('http:') }
  const names = faults.flatMap((name) => {
    if (name === 'none') return []
    if (name === 'all') return FAULTS.filter(({ needs }) => met[needs]).map((one) => one.name)
    const fault = knownFault(name)
    if (met[fault.needs]) return [name]
    throw wrong(`${name} can be done to a cluster of our own only, not to that of --url.`)
  })
  const planned = faultPlan(seed, names, durationS * 1_000)
  return { planned, needsWays: planned.some((one) => findFault(one.name).needs !== 'local') }
}

function knownFault(name: string): Fault {
  const [plain = ''] = name.split('@')
  const fault = FAULTS.find((one) => one.name === plain)
  if (fault !== undefined) return fault
  throw wrong(`There is no fault '${plain}'; --faults list names them all.`)
}
