import type { BroadcastResult } from './run-broadcast.ts'

type Gaps = Pick<BroadcastResult, 'gaps'>

/** Of each reader its longest; 0 of whoever was live all the time, endless of whoever never came back. */
export function longestGaps({ gaps }: Gaps, readers: number): number[] {
  const longest = new Map<number, number>()
  for (const { reader, fromMs, toMs } of gaps) {
    const ms = toMs === null ? Number.POSITIVE_INFINITY : toMs - fromMs
    longest.set(reader, Math.max(longest.get(reader) ?? 0, ms))
  }
  const others = Math.max(0, readers - longest.size)
  return [...longest.values(), ...Array.from({ length: others }, () => 0)]
}

/** How long those who lost their connection took to be live again, and how many never were. */
export function recoveries({ gaps }: Gaps): { readonly ms: number[]; readonly missing: number } {
  return {
    ms: gaps.flatMap(({ fromMs, toMs }) => (toMs === null ? [] : [toMs - fromMs])),
    missing: new Set(gaps.flatMap(({ reader, toMs }) => (toMs === null ? [reader] : []))).size,
  }
}
