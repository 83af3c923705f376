import type { ErrorCode } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'

// The compiler compares it with the table of the server, whose code would bring its schemas along.
const CODES: Readonly<Record<ErrorCode, 1>> = {
  AUTH_REQUIRED: 1,
  AUTH_INVALID: 1,
  AUTH_EXPIRED: 1,
  AUTH_REVOKED: 1,
  FORBIDDEN: 1,
  BANNED: 1,
  MUTED: 1,
  BLOCKED: 1,
  NOT_MEMBER: 1,
  ROOM_FROZEN: 1,
  ROOM_ARCHIVED: 1,
  NOT_FOUND: 1,
  CONFLICT: 1,
  IDEMPOTENCY_MISMATCH: 1,
  CURSOR_AHEAD: 1,
  GONE: 1,
  TOO_LARGE: 1,
  INVALID: 1,
  REJECTED: 1,
  UNSUPPORTED_VERSION: 1,
  SLOW_MODE: 1,
  RATE_LIMITED: 1,
  INTERNAL: 1,
  SERVER_BUSY: 1,
  DRAINING: 1,
  UNKNOWN_OUTCOME: 1,
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(CODES, code)

/**
 * What an answer that is no success means. A proxy answers in its own words: 503 says that nothing
 * was done, and so does 408, as the request was not there in time; after 502 and 504 it may have been,
 * which is all the same for reading. Whatever else is not said in our words is that of a network in between,
 * which may let it through later: but for 413, which is said of what is asked.
 */
export function readProblem(status: number, body: unknown, isReading = false): ChatError {
  const said = Object(body) as Readonly<Record<string, unknown>>
  const { code, message, retryAfterMs, details, requestId } = said
  if (typeof code === 'string' && typeof message === 'string') {
    return new ChatError({
      // A newer server may have codes that are not known here: what it says of them holds.
      code: isErrorCode(code) ? code : 'INTERNAL',
      message,
      retryable: said['retryable'] === true,
      details,
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
      ...(typeof requestId === 'string' && { requestId }),
    })
  }
  const isTooLarge = status === 413
  const isOnTheWay = status === 502 || status === 504
  if (isOnTheWay && !isReading) return unknownOutcome()
  return new ChatError(
    isOnTheWay || status === 503 || status === 408
      ? {
          code: 'SERVER_BUSY',
          message: 'The server is busy. Try again in a moment.',
          retryable: true,
          retryAfterMs: 1_000,
        }
      : {
          code: isTooLarge ? 'TOO_LARGE' : 'INTERNAL',
          message: `The server answered ${status}, and not in words that are understood.`,
          retryable: !isTooLarge,
        },
  )
}
