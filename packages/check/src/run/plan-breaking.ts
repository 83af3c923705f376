import { FAULTS, findFault } from '../faults/fault-table.ts'
import { faultPlan } from '../faults/fault-plan.ts'
import type { Fault, FaultNeeds, PlannedFault } from '../faults/fault.ts'
import { wrong, type Flags } from './flags.ts'

export interface Breaking {
  readonly planned: readonly PlannedFault[]
  /** Some of it is done to the ways between processes: proxies stand on them. */
  readonly needsWays: boolean
  /** Some of it drops packets, on a network of its own. */
  readonly needsNamespace: boolean
  /** Of `all`, what this machine or this account cannot do. */
  readonly leftOut: readonly string[]
}

const FLAG_OF: Readonly<Partial<Record<FaultNeeds, string>>> = {
  sentinel: '--redis sentinel',
  cluster: '--redis cluster',
  pair: '--database pair',
  previous: '--previous',
}
const OF_WAYS: ReadonlySet<FaultNeeds> = new Set(['proxy', 'any', 'namespace'])

type Met = Readonly<Record<FaultNeeds, boolean>>

/** What is broken, when, and for how long: of the seed alone. */
export function planBreaking(
  { faults, url, seed, durationS, redis, database, previous }: Flags,
  canIsolate: boolean,
): Breaking {
  const isOurs = url === undefined
  // Before somebody else's cluster stands a proxy of ours, unless what goes through is encrypted.
  const met: Met = {
    local: isOurs,
    proxy: isOurs,
    any: isOurs || url.startsWith('http:'),
    namespace: isOurs && canIsolate,
    sentinel: redis === 'sentinel',
    cluster: redis === 'cluster',
    pair: database === 'pair',
    previous: previous !== undefined,
  }
  const names = faults.flatMap((name) => {
    if (name === 'none') return []
    if (name === 'all') return FAULTS.filter(({ needs }) => met[needs]).map((one) => one.name)
    const fault = knownFault(name)
    if (met[fault.needs]) return [name]
    const flag = FLAG_OF[fault.needs]
    if (isOurs && flag !== undefined) throw wrong(`${name} needs ${flag}.`)
    if (isOurs) throw wrong(`${name} needs a network namespace: Linux, root, nft and ip.`)
    throw wrong(`${name} can be done to a cluster of our own only, not to that of --url.`)
  })
  const planned = faultPlan(seed, names, durationS * 1_000)
  const needed = new Set(planned.map((one) => findFault(one.name).needs))
  const isLeftOut = (fault: Fault): boolean => fault.needs === 'namespace' && !met.namespace
  return {
    planned,
    needsWays: [...needed].some((needs) => OF_WAYS.has(needs)),
    needsNamespace: needed.has('namespace'),
    leftOut:
      isOurs && faults.includes('all') ? FAULTS.filter(isLeftOut).map((one) => one.name) : [],
  }
}

function knownFault(name: string): Fault {
  const [plain = ''] = name.split('@')
  const fault = FAULTS.find((one) => one.name === plain)
  if (fault !== undefined) return fault
  throw wrong(`There is no fault '${plain}'; --faults list names them all.`)
}
