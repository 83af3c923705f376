import { z } from 'zod'
import { TimeInput } from '../ids.ts'

const TEN_YEARS_S = 10 * 365 * 24 * 3_600

/** When a mute or a ban ends: at a time, after so many seconds, or never. */
export const endShape = {
  until: TimeInput.optional(),
  forS: z.int().min(1).max(TEN_YEARS_S).optional(),
}

export const hasOneEnd = ({ until, forS }: { until?: unknown; forS?: unknown }): boolean =>
  until === undefined || forS === undefined

export const HAS_ONE_END = { message: 'takes one of until and forS', path: ['until'] }
