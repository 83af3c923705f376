import type { After } from '../after.ts'

export interface FakeClock {
  readonly now: () => number
  readonly startTimer: After
  /** Timers that are due by then fire in their order, each at its own time. */
  readonly advance: (ms: number) => void
  /** Timers that run. */
  readonly running: () => number
}

export function createFakeClock(startMs = Date.parse('2026-01-01T00:00:00.000Z')): FakeClock {
  let nowMs = startMs
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    now: () => nowMs,
    running: () => timers.size,
    startTimer(ms, run) {
      const timer = { at: nowMs + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const untilMs = nowMs + ms
      for (;;) {
        const [due] = [...timers].filter(({ at }) => at <= untilMs).toSorted((a, b) => a.at - b.at)
        if (due === undefined) break
        timers.delete(due)
        nowMs = Math.max(nowMs, due.at)
        due.run()
      }
      nowMs = untilMs
    },
  }
}
