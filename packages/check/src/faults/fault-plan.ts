import { integerBetween, seededRandom } from '../seeded-random.ts'
import type { PlannedFault } from './fault.ts'

const FIRST_MS = 1_000
/** Of the time, at the end, in which nothing is broken any more. */
const CALM_SHARE = 0.15
const CALM_MS = { least: 2_000, most: 20_000 }
/** From one fault, or pair, to the next. */
const SLOT_MS = { least: 3_000, most: 15_000 }
const LEAST_FAULT_MS = 200

/**
 * Every fault in a drawn order, and again when all were had; every other slot has two of them that overlap.
 * The seed decides everything. A name may say what is to be broken: `gateway-kill@g1`.
 */
export function faultPlan(
  seed: number,
  names: readonly string[],
  durationMs: number,
): PlannedFault[] {
  if (names.length === 0) return []
  const random = seededRandom(`faults ${seed}`)
  const untilMs = durationMs - clamp(durationMs * CALM_SHARE, CALM_MS)
  const timeMs = Math.max(0, untilMs - FIRST_MS)
  // Two thirds of a slot for each: half of the slots have two.
  const slotMs = clamp(timeMs / Math.ceil(names.length / 1.5), SLOT_MS)
  const next = dealer(names, random)
  const plan: PlannedFault[] = []
  for (
    let startMs = FIRST_MS;
    startMs + slotMs <= untilMs || plan.length === 0;
    startMs += slotMs
  ) {
    const isPair = names.length > 1 && random() < 0.5
    const count = isPair ? 2 : 1
    for (let n = 0; n < count; n += 1) {
      const offsetMs = n === 0 ? 0 : integerBetween(random, 0, Math.floor(slotMs / 3))
      const mostMs = Math.max(LEAST_FAULT_MS, Math.floor(slotMs * 0.8) - offsetMs)
      const [name = '', on] = next().split('@')
      plan.push({
        name,
        ...(on !== undefined && { on }),
        startMs: Math.round(startMs + offsetMs),
        durationMs: integerBetween(random, Math.min(mostMs, Math.floor(slotMs / 4)), mostMs),
        seed: integerBetween(random, 0, 2 ** 31 - 1),
      })
    }
  }
  return plan
}

/** One after the other, shuffled anew for every round. */
function dealer(names: readonly string[], random: () => number): () => string {
  let left: string[] = []
  return () => {
    if (left.length === 0) left = [...names]
    const [name = ''] = left.splice(integerBetween(random, 0, left.length - 1), 1)
    return name
  }
}

const clamp = (value: number, { least, most }: { least: number; most: number }): number =>
  Math.min(most, Math.max(least, value))
