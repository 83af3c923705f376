import { isDeepStrictEqual } from 'node:util'
import { groupBy } from './group-by.ts'
import type { IndexedHistory } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** Within the bound after all is well again, everybody is shown as what they are. */
export function presenceTrue({ observations, wellFromMs, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  const seen = observations.filter(
    ({ what, expected }) => what === 'presence' && expected !== undefined,
  )
  for (const views of groupBy(
    seen,
    ({ subject, observer }) => `${observer ?? ''} ${subject}`,
  ).values()) {
    for (const [at, { value, expected, atMs, line, subject, observer }] of views.entries()) {
      const isDue = wellFromMs !== undefined && atMs > wellFromMs + bounds.presenceMs
      // What somebody was shown last is what they go on seeing.
      if (!isDue && at < views.length - 1) continue
      inquiry.looked += 1
      if (isDeepStrictEqual(value, expected)) continue
      const says = (): string =>
        `${observer ?? 'somebody'} is shown ${subject} as ${JSON.stringify(value)}, and ${subject} is ${JSON.stringify(expected)}`
      inquiry.report([line], says)
    }
  }
  return inquiry
}
