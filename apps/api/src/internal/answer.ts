import { invalidFrom } from '@parley/message-schema'
import type { RequestHandler } from 'express'
import type { z } from 'zod'

/** What a gateway asks, and what it is answered. */
export function answer<Input>(
  schema: z.ZodType<Input>,
  run: (input: Input) => Promise<unknown>,
): RequestHandler {
  return async (request, response) => {
    const parsed = schema.safeParse(request.body)
    if (!parsed.success) throw invalidFrom(parsed.error)
    response.json(await run(parsed.data))
  }
}
