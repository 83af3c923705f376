import type { After } from '../after.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Everything that is under way without a timer has come to its end. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Time that stands still until it is told to go on. */
export function createTestClock(startedAt = 1_000_000) {
  let now = startedAt
  const timers = new Set<Timer>()
  const after: After = (ms, run) => {
    const timer = { at: now + Math.max(0, ms), run }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
  return {
    after,
    now: () => now,
    timers: () => timers.size,
    async advance(ms: number): Promise<void> {
      const until = now + ms
      await settled()
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        now = Math.max(now, timer.at)
        timers.delete(timer)
        timer.run()
        await settled()
      }
      now = until
    },
  }
}
