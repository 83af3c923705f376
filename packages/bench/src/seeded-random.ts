/** Numbers in [0, 1) that the seed alone decides (a Weyl sequence whose terms are mixed). */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed ^ 0x5b_d1_e9_95, 0x27_d4_eb_2f)
  return () => {
    state = (state + 0x9e_37_79_b9) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 0x2c_1b_3c_6d)
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x29_7a_2d_39)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

export const between = (random: () => number, from: number, to: number): number =>
  from + random() * (to - from)
