import { setTimeout as sleep } from 'node:timers/promises'

export interface Pacer {
  /** Resolves when the next operation may begin, or when the signal ends the waiting. */
  readonly turn: (signal: AbortSignal) => Promise<void>
}

/** A second's worth may be made up for after a stall, no more. */
const MOST_LATE_MS = 1_000

/** So many operations a second of all devices together, evenly. */
export function createPacer(perSecond: number, now: () => number = () => performance.now()): Pacer {
  const everyMs = 1_000 / perSecond
  let nextMs = now()
  return {
    async turn(signal) {
      nextMs = Math.max(nextMs, now() - MOST_LATE_MS)
      const waitMs = nextMs - now()
      nextMs += everyMs
      if (waitMs >= 1) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    },
  }
}
