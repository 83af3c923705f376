import { z } from 'zod'
import { describeIssue } from './describe-issue.ts'
import { ERROR_CODES, ERRORS, isRetryable, ParleyError } from './errors.ts'

// Everywhere; schemas with words of their own keep them.
z.config({ customError: describeIssue })

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

/** One thing of a request that does not fit, at a path such as `memberIds.0`. */
export interface InvalidDetail {
  readonly path: string
  readonly problem: string
}

const DETAILS_MAX = 20
const PATH_CHARACTERS = 200

const toPath = (path: readonly PropertyKey[]): string =>
  path.map(String).join('.').slice(0, PATH_CHARACTERS)

/** Of several forms the one that was meant: the only one whose outside fits. */
function meantOf(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return []
  const meant = issue.errors.filter((issues) => issues.every(({ path }) => path.length > 0))
  return meant.length === 1 ? (meant[0] ?? []) : []
}

function toDetails(
  issues: readonly z.core.$ZodIssue[],
  at: readonly PropertyKey[],
): InvalidDetail[] {
  return issues.slice(0, DETAILS_MAX).flatMap((issue) => {
    const path = [...at, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      const keys = issue.keys.slice(0, DETAILS_MAX)
      return keys.map((key) => ({ path: toPath([...path, key]), problem: issue.message }))
    }
    const meant = meantOf(issue)
    if (meant.length > 0) return toDetails(meant, path)
    return [{ path: toPath(path), problem: issue.message }]
  })
}

/** What did not fit: `path` names the field, the header, or nothing for the whole. */
export const invalid = (path: string, problem: string, cause?: unknown): ParleyError =>
  new ParleyError('INVALID', {
    message: path === '' ? problem : `${path}: ${problem}`,
    details: [{ path, problem }] satisfies InvalidDetail[],
    cause,
  })

/** Paths and reasons of what did not fit, never the values. */
export function invalidFrom(error: z.ZodError): ParleyError {
  const details = toDetails(error.issues, []).slice(0, DETAILS_MAX)
  const { path = '', problem = 'does not fit' } = details[0] ?? {}
  const tooLarge = error.issues.some((i) => 'params' in i && i.params?.['tooLarge'] === true)
  return new ParleyError(tooLarge ? 'TOO_LARGE' : 'INVALID', {
    message: path === '' ? problem : `${path}: ${problem}`,
    details,
    cause: error,
  })
}
