import { decideNotice, type DuePair, type Notice } from './decide-notification.ts'

/** What came of a pair: everything that was pending is done with, told or not. */
export interface DecidedPair {
  readonly pair: DuePair
  readonly notice: Notice | null
}

export interface DueStore {
  /**
   * Takes pairs that are due and that nobody else has, and keeps in the same transaction what
   * `decide` says of them. Answers how many they were.
   */
  readonly decideDue: (
    now: Date,
    limit: number,
    decide: (pairs: readonly DuePair[]) => readonly DecidedPair[],
  ) => Promise<number>
}

export interface DecideDuePorts {
  readonly store: DueStore
  readonly now: () => Date
}

const PAIRS_AT_ONCE = 100
/** Then the next second goes on. */
const ROUNDS = 50

/** Until nothing is due any more. */
export function createDecideDue({ store, now }: DecideDuePorts) {
  return async (signal?: AbortSignal): Promise<void> => {
    for (let round = 0; round < ROUNDS && signal?.aborted !== true; round += 1) {
      const at = now()
      const taken = await store.decideDue(at, PAIRS_AT_ONCE, (pairs) =>
        pairs.map((pair) => ({ pair, notice: decideNotice(pair, at) })),
      )
      if (taken < PAIRS_AT_ONCE) return
    }
  }
}
