import { mean } from './statistics.ts'

/** One process that holds readers, while it was measured. */
export interface GeneratorLoad {
  readonly name: string
  /** Of one core. */
  readonly cpuShare: number
  /** How late its event loop was, in the worst hundredth of its turns. */
  readonly loopDelayP99Ms: number
}

/** What has to be known of a run before its figures mean anything. */
export interface RunFacts {
  readonly expected: number
  readonly delivered: number
  readonly foreign: number
  readonly latenciesMs: ArrayLike<number>
  readonly sent: number
  readonly acked: number
  readonly plannedMs: number
  readonly elapsedMs: number
  /** What each process of readers counted. */
  readonly shardCounts: readonly number[]
  readonly generators: readonly GeneratorLoad[]
  /** The largest latency of one turn that this scenario bears. */
  readonly mostLoopDelayMs: number
  /** By how much the clocks of two processes differ, at the most. */
  readonly clockOffsetMs: number
}

const MOST_CPU_SHARE = 0.95
const MOST_STRETCH = 1.5
/** Longer than it takes to ask another process for its clock and hear of it. */
const MOST_CLOCK_OFFSET_MS = 5

/** Why the run says nothing of what it was to measure; nothing if it does. */
export function whyVoid(facts: RunFacts): string[] {
  const { expected, delivered, sent, acked, foreign, latenciesMs, plannedMs, elapsedMs } = facts
  const reasons: string[] = []
  if (sent === 0 || expected === 0)
    reasons.push(`nothing was measured: ${sent} sent, ${acked} acknowledged`)
  if (delivered > expected) reasons.push(`delivery is above 100 %: ${delivered} of ${expected}`)
  if (foreign > 0) reasons.push(`${foreign} messages are none of this run`)
  const negative = Array.from(latenciesMs).filter((latency) => !(latency >= 0)).length
  if (negative > 0) reasons.push(`${negative} latencies are negative: there is more than one clock`)
  if (facts.clockOffsetMs > MOST_CLOCK_OFFSET_MS)
    reasons.push(`the clocks of two processes differ by ${facts.clockOffsetMs.toFixed(1)} ms`)
  if (elapsedMs > plannedMs * MOST_STRETCH)
    reasons.push(`it took ${seconds(elapsedMs)} in place of ${seconds(plannedMs)}`)
  if (stopTogether(facts))
    reasons.push(`every process of readers stopped at ${facts.shardCounts[0]} deliveries`)
  for (const generator of facts.generators)
    reasons.push(...wallOf(generator, facts.mostLoopDelayMs))
  return reasons
}

/** Shards have different numbers of readers: equal counts below what is owed are a wall, not a loss. */
function stopTogether({ shardCounts, delivered, expected }: RunFacts): boolean {
  const [first = 0] = shardCounts
  const isEqual = shardCounts.every((count) => count === first)
  return shardCounts.length > 1 && isEqual && first > 0 && delivered < expected
}

function wallOf({ name, cpuShare, loopDelayP99Ms }: GeneratorLoad, mostDelayMs: number): string[] {
  const reasons: string[] = []
  if (cpuShare > MOST_CPU_SHARE)
    reasons.push(`${name} was the wall: ${Math.round(cpuShare * 100)} % of a core`)
  if (loopDelayP99Ms > mostDelayMs)
    reasons.push(`${name} was the wall: its event loop was ${Math.round(loopDelayP99Ms)} ms late`)
  return reasons
}

const MOST_OFFLINE_DIFFERENCE = 0.05

/** Of two that were cut: both have to have been away for equally long. */
export function whyUnequal(one: readonly number[], other: readonly number[]): string[] {
  if (one.length === 0 && other.length === 0) return []
  const [oneMs, otherMs] = [mean(one), mean(other)]
  const difference = Math.abs(oneMs - otherMs) / Math.max(oneMs, otherMs)
  if (difference <= MOST_OFFLINE_DIFFERENCE) return []
  return [
    `offline for ${Math.round(oneMs)} ms on the one side and ${Math.round(otherMs)} ms on the other`,
  ]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
