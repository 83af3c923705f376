interface WithSeq {
  readonly seq: number
}

/** The place of the first one at or after `seq`. */
export function placeOf(sorted: readonly WithSeq[], seq: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle]?.seq ?? Infinity) < seq) low = middle + 1
    else high = middle
  }
  return low
}

export function findBySeq<Item extends WithSeq>(
  sorted: readonly Item[],
  seq: number,
): Item | undefined {
  const item = sorted[placeOf(sorted, seq)]
  return item?.seq === seq ? item : undefined
}
