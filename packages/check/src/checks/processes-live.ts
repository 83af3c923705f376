import { isDeepStrictEqual } from 'node:util'
import type { IndexedHistory } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A process ends only when it is told to, and nothing that it threw went uncaught. */
export function processesLive({ observations, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const { what, subject, value, expected, detail, line } of observations) {
    if (what === 'exit') {
      inquiry.looked += 1
      if (expected !== undefined && isDeepStrictEqual(value, expected)) continue
      const says = (): string =>
        `${subject} ended with ${JSON.stringify(value)}, and nobody had asked for that`
      inquiry.report([line], says)
    } else if (what === 'crash-log') {
      inquiry.looked += 1
      if (value === 0 || value === '' || value === false) continue
      inquiry.report(
        [line],
        () => `the log of ${subject} tells of a crash: ${JSON.stringify(value)} ${detail ?? ''}`,
      )
    }
  }
  return inquiry
}
