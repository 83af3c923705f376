import { z } from 'zod'
import { ErrorBody } from '../reply.ts'

/** Of several things asked for at once each has its own answer, in the order in which they stood. */
export const results = <Data extends z.ZodType>(data: Data) =>
  z.object({
    results: z.array(
      z.union([
        z.object({ ok: z.literal(true), data }),
        z.object({ ok: z.literal(false), error: ErrorBody.omit({ requestId: true }) }),
      ]),
    ),
  })
