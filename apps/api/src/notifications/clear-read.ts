import { inRounds } from '../jobs/in-rounds.ts'

export interface ShownStore {
  /**
   * Takes notices whose time has come to be looked at: those that were read meanwhile, or deleted, are told to be
   * cleared, the others are looked at later. Answers how many they were.
   */
  readonly clearRead: (now: Date, limit: number) => Promise<number>
}

export interface ClearReadPorts {
  readonly store: ShownStore
  readonly now: () => Date
}

const AT_ONCE = 500
const ROUNDS = 20

/**
 * A read cursor that moves makes no event, so notices that are shown are compared with it: the
 * younger a notice, the more often. What is shown for long costs one look a minute.
 */
export function createClearRead({ store, now }: ClearReadPorts) {
  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, () => store.clearRead(now(), AT_ONCE))
}

const SOONEST_MS = 2_000
const LATEST_MS = 60_000
/** Then nobody takes it away any more but its owner. */
const FORGOTTEN_MS = 7 * 24 * 3600_000

/** `null`: it is looked at no more. */
export function nextLook(shownAt: Date, now: Date): Date | null {
  const ageMs = now.getTime() - shownAt.getTime()
  if (ageMs >= FORGOTTEN_MS) return null
  const waitMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, ageMs / 10))
  return new Date(now.getTime() + waitMs)
}
