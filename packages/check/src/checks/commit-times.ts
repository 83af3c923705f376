import type { Operation, Track } from './indexed-history.ts'

/** When an event was committed, as far as those outside can know. */
export interface CommitTimes {
  /** Not before this: something that stands at the same place or before it was asked for then. */
  readonly earliest: (seq: number) => number
  /** By this time: something that stands at the same place or behind it was seen or acknowledged. */
  readonly latest: (seq: number) => number
}

export const NO_TIMES: CommitTimes = { earliest: () => -Infinity, latest: () => Infinity }

/** How many of the sorted numbers are at most `seq`. */
function countUpTo(sorted: readonly number[], seq: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? Infinity) <= seq) low = middle + 1
    else high = middle
  }
  return low
}

const sortedSeqs = (times: ReadonlyMap<number, number>): number[] =>
  [...times.keys()].toSorted((a, b) => a - b)

export function commitTimes(
  keyed: Iterable<readonly Operation[]>,
  tracks: Iterable<Track>,
): CommitTimes {
  const asked = new Map<number, number>()
  const seen = new Map<number, number>()
  const see = (seq: number, atMs: number): void => {
    if (atMs < (seen.get(seq) ?? Infinity)) seen.set(seq, atMs)
  }
  for (const attempts of keyed) {
    let first = Infinity
    for (const { invokedMs } of attempts) first = Math.min(first, invokedMs)
    for (const { seq, type, dup, completedMs } of attempts) {
      if (seq === undefined || type !== 'ok') continue
      // What was a repetition may have been asked for before the history began.
      if (!dup) asked.set(seq, first)
      see(seq, completedMs)
    }
  }
  for (const { deliveries } of tracks) for (const { seq, atMs } of deliveries) see(seq, atMs)

  const askedSeqs = sortedSeqs(asked)
  const notBefore: number[] = []
  for (const seq of askedSeqs) {
    notBefore.push(Math.max(notBefore.at(-1) ?? -Infinity, asked.get(seq) ?? -Infinity))
  }
  const seenSeqs = sortedSeqs(seen)
  const by: number[] = Array.from({ length: seenSeqs.length }, () => Infinity)
  for (let at = seenSeqs.length - 1; at >= 0; at -= 1) {
    by[at] = Math.min(by[at + 1] ?? Infinity, seen.get(seenSeqs[at] ?? 0) ?? Infinity)
  }
  return {
    earliest: (seq) => notBefore[countUpTo(askedSeqs, seq) - 1] ?? -Infinity,
    latest: (seq) => by[countUpTo(seenSeqs, seq - 1)] ?? Infinity,
  }
}
