import type { Cluster } from '@parley/local-cluster'
import type { Ways } from '../proxy/ways.ts'

/** What faults may break. */
export interface FaultStage {
  /** Absent where somebody else runs the cluster. */
  readonly cluster: Cluster | undefined
  /** The proxies on the ways between processes; absent where there are none. */
  readonly ways: Ways | undefined
  /** The folder of another version's build; absent where all is of this one. */
  readonly previous?: string | undefined
  /** The run is broken off: whatever takes long ends early. */
  readonly signal?: AbortSignal | undefined
  /** A process may kill itself from now on; answers what takes that back. */
  readonly mayEnd?: ((name: string) => () => void) | undefined
}

export interface StartedFault {
  /** A process or a way between two, as `g1` or `g1>redis`. */
  readonly target: string
  readonly detail?: string | undefined
  /** Afterwards it is as if it had not been, and what was broken is ready again. */
  readonly heal: () => Promise<void>
}

/**
 * `local`: the processes are ours. `proxy`: ours, with proxies on the ways between them. `any`: no more
 * than a proxy on the way from the clients to the cluster. `namespace`: as `proxy`, on a network that is ours alone,
 * which takes root and Linux. The others: ours, with servers that take each other's place (`--redis sentinel`,
 * `--redis cluster`, `--database pair`), or with a build of another version (`--previous`).
 */
export type FaultNeeds =
  | 'local'
  | 'proxy'
  | 'any'
  | 'namespace'
  | 'sentinel'
  | 'cluster'
  | 'pair'
  | 'previous'

export interface Fault {
  readonly name: string
  readonly needs: FaultNeeds
  /** One line for the list. */
  readonly description: string
  /** Draws what is left open from `random`, so that a seed decides it; `on` names what is to be broken. */
  readonly start: (stage: FaultStage, random: () => number, on?: string) => Promise<StartedFault>
}

export interface PlannedFault {
  readonly name: string
  /** What is to be broken, where it is not left to the seed. */
  readonly on?: string | undefined
  /** After the start of the plan. */
  readonly startMs: number
  readonly durationMs: number
  /** Of the fault's own choices: which process, how long, how much. */
  readonly seed: number
}
