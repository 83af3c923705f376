/** Numbers in [0, 1) that the seed alone decides: FNV-1a of it starts a Weyl sequence, mixed as SplitMix32 does. */
export function seededRandom(seed: string | number): () => number {
  let state = 0x81_1c_9d_c5
  for (const unit of String(seed)) {
    state = Math.imul(state ^ (unit.codePointAt(0) ?? 0), 0x01_00_01_93)
  }
  return () => {
    state = (state + 0x9e_37_79_b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** An integer of [from, to]. */
export function integerBetween(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

export function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('There is nothing to pick from.')
  return item
}
