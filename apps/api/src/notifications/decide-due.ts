import { inRounds } from '../jobs/in-rounds.ts'
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
const ROUNDS = 50

/** Until nothing is due any more. */
export function createDecideDue({ store, now }: DecideDuePorts) {
  const decideRound = (): Promise<number> => {
    const at = now()
    return store.decideDue(at, PAIRS_AT_ONCE, (pairs) =>
      pairs.map((pair) => ({ pair, notice: decideNotice(pair, at) })),
    )
  }
  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: PAIRS_AT_ONCE }, signal, decideRound)
}
