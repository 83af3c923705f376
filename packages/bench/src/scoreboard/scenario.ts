import type { GeneratorLoad } from '../figures/validity.ts'
import type { Noise } from '../machine/noise.ts'
import type { Peer, PeerName } from '../peers/peer.ts'

export const SCENARIOS = ['jitter', 'deploy', 'avalanche', 'redis', 'throughput', 'idle'] as const
export type ScenarioName = (typeof SCENARIOS)[number]

export interface RunContext {
  readonly scale: number
  readonly seed: number
  readonly generators: number
  readonly say: (text: string) => void
}

/** One line of the table. */
export interface Row {
  readonly metric: string
  readonly parley: string
  readonly socketIo: string
  /** What others have published, with a method. */
  readonly published: string
  readonly goal: string | null
  readonly isMet: boolean | null
}

export interface Plot {
  /** Below docs/images. */
  readonly file: string
  readonly alt: string
  readonly svg: string
}

/** How busy the machine and the generators were while one of the two was measured. */
export interface Circumstances {
  readonly generators: readonly GeneratorLoad[]
  readonly noise: Noise
}

export interface ScenarioResult {
  readonly name: ScenarioName
  readonly title: string
  /** What was done, in a sentence. */
  readonly load: string
  readonly rows: readonly Row[]
  readonly plots: readonly Plot[]
  /** The figures of the rows, as numbers. */
  readonly figures: Readonly<Record<PeerName, Readonly<Record<string, number>>>>
  readonly circumstances: Readonly<Record<PeerName, Circumstances>>
  readonly whyVoid: readonly string[]
}

/** What is measured of one of the two, and what is said of both. */
export interface Scenario<Result> {
  readonly name: ScenarioName
  readonly title: string
  /** More environment for the processes that hold sockets, of both. */
  readonly env?: Readonly<Record<string, string>>
  readonly measure: (peer: Peer, context: RunContext) => Promise<Result>
  readonly report: (
    results: Readonly<Record<PeerName, Result>>,
    context: RunContext,
  ) => Omit<ScenarioResult, 'name' | 'title'>
}
