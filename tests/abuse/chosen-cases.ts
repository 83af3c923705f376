import { vi } from 'vitest'

/** Frames, requests and upgrades; a million in the long run, in which every case of every table is tried. */
export const CASES = Number(process.env['ABUSE_CASES'] ?? 10_000)
export const SEED = Number(process.env['ABUSE_SEED'] ?? 1)
if (!Number.isSafeInteger(CASES) || CASES < 1 || !Number.isSafeInteger(SEED)) {
  throw new Error(
    'ABUSE_CASES and ABUSE_SEED have to be whole numbers, the first of them positive.',
  )
}
export const IS_LONG = CASES >= 100_000
// A test that is one in ten thousand cases is another in a million.
if (IS_LONG) vi.setConfig({ testTimeout: 24 * 3_600_000 })

let turn = SEED % 1_000

/** A few of them, others for another seed. All of them in the long run. */
export function few<Value>(all: readonly Value[], count: number): readonly Value[] {
  if (IS_LONG || count >= all.length) return all
  const from = turn
  turn += count
  return Array.from({ length: count }, (_, n) => all[(from + n) % all.length] as Value)
}
