import { expect, test } from 'vitest'
import { integerBetween, seededRandom } from '../seeded-random.ts'
import { allows, type Membership } from './memberships.ts'

/** Somebody who comes and goes: each event is committed ten milliseconds after the one before. */
const times = { earliest: (seq: number) => seq * 10, latest: (seq: number) => seq * 10 + 5 }

function comingAndGoing(random: () => number): Membership[] {
  const known: Membership[] = []
  const isAll = random() < 0.5
  for (let seq = 1; known.length < 6;) {
    const joinedSeq = seq + integerBetween(random, 1, 5)
    const leftSeq = joinedSeq + integerBetween(random, 1, 8)
    known.push({
      joinedSeq,
      joinedLine: joinedSeq,
      visibleFrom: isAll ? 1 : joinedSeq,
      leftSeq,
      leftLine: leftSeq,
      overByMs: times.latest(leftSeq),
    })
    seq = leftSeq
  }
  const last = known.at(-1)
  if (last !== undefined && random() < 0.5)
    Object.assign(last, { leftSeq: Infinity, overByMs: Infinity })
  return known
}

test('what may be handed over is the same whether all memberships are looked at or the fewest', () => {
  const random = seededRandom('allows')
  const counts = { yes: 0, no: 0 }
  for (let n = 0; n < 3_000; n += 1) {
    const known = comingAndGoing(random)
    const seq = integerBetween(random, 1, 80)
    const atMs = integerBetween(random, 0, 900)
    const askedMs = random() < 0.5 ? undefined : Math.max(0, atMs - integerBetween(random, 0, 300))
    const isAllowed = known.some(
      (one) =>
        one.visibleFrom <= seq &&
        seq < one.leftSeq &&
        times.earliest(one.joinedSeq) <= atMs &&
        one.overByMs >= (askedMs ?? -Infinity),
    )
    counts[isAllowed ? 'yes' : 'no'] += 1
    expect(allows(known, times, { seq, askedMs, atMs })).toBe(isAllowed)
  }
  expect(Math.min(counts.yes, counts.no)).toBeGreaterThan(500)
})
