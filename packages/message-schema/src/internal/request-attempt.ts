import { z } from 'zod'
import { Uuid } from '../ids.ts'

/** Says of a request which one of its gateway's it is. A header, since what does not know it passes over it. */
export const ATTEMPT_HEADER = 'x-parley-attempt'

/**
 * A gateway process numbers its requests. Of two attempts of a command the one with the lower number was given up
 * before the other one was made, whichever arrives first.
 */
export const RequestAttempt = z.strictObject({
  gatewayId: Uuid,
  number: z.int().positive(),
  /** There was an attempt before this one, which may yet arrive. */
  isRetry: z.boolean(),
})
export type RequestAttempt = z.infer<typeof RequestAttempt>

const RETRY = 'retry'

/** `<uuid>;<number>`, and `;retry`. */
export const formatAttempt = ({ gatewayId, number, isRetry }: RequestAttempt): string =>
  `${gatewayId};${number}${isRetry ? `;${RETRY}` : ''}`

/** `undefined` for what is none: it is of a gateway of another version. */
export function parseAttempt(header: string | undefined): RequestAttempt | undefined {
  const [gatewayId, number, retry] = header?.split(';') ?? []
  const attempt = { gatewayId, number: Number(number), isRetry: retry === RETRY }
  return RequestAttempt.safeParse(attempt).data
}
