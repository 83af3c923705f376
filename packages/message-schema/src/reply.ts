import { z } from 'zod'
import { ERROR_CODES, ERRORS, isRetryable, ParleyError } from './errors.ts'

export const ErrorBody = z
  .object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    retryable: z.boolean(),
    retryAfterMs: z.int().nonnegative().optional(),
    details: z.unknown().optional(),
    requestId: z.string(),
  })
  .meta({ id: 'ErrorBody' })
export type ErrorBody = z.infer<typeof ErrorBody>

/** What every command answers. No answer in time means: unknown, send again with the same id. */
export type Reply<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly error: ErrorBody }

export function toErrorBody(error: ParleyError, requestId: string): ErrorBody {
  return {
    code: error.code,
    message: error.message,
    retryable: isRetryable(error.code),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: Math.ceil(error.retryAfterMs) }),
    ...(error.details !== undefined && { details: error.details }),
    requestId,
  }
}

/** RFC 9457, with our `code` beside its members. */
export const ProblemDocument = ErrorBody.extend({
  type: z.string(),
  title: z.string(),
  status: z.int(),
}).meta({ id: 'ProblemDocument' })
export type ProblemDocument = z.infer<typeof ProblemDocument>

export function toProblemDocument(error: ParleyError, requestId: string): ProblemDocument {
  const { status, message } = ERRORS[error.code]
  return {
    type: `urn:parley:error:${error.code}`,
    title: message,
    status,
    ...toErrorBody(error, requestId),
  }
}

/** Paths and reasons of what did not fit, never the values. */
export function invalidFrom(error: z.ZodError): ParleyError {
  const details = error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map(String).join('.'),
    problem: issue.message,
  }))
  const first = details[0]
  const where = first?.path ? `${first.path}: ` : ''
  const tooLarge = error.issues.some((i) => 'params' in i && i.params?.['tooLarge'] === true)
  return new ParleyError(tooLarge ? 'TOO_LARGE' : 'INVALID', {
    message: `${where}${first?.problem ?? 'malformed'}`,
    details,
    cause: error,
  })
}
