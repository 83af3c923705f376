import type { ErrorCode } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'

// The compiler compares it with the table of the server, whose code would bring its schemas along.
const CODES: Readonly<Record<ErrorCode, true>> = {
  AUTH_REQUIRED: true,
  AUTH_INVALID: true,
  AUTH_EXPIRED: true,
  AUTH_REVOKED: true,
  FORBIDDEN: true,
  BANNED: true,
  MUTED: true,
  BLOCKED: true,
  NOT_MEMBER: true,
  ROOM_FROZEN: true,
  ROOM_ARCHIVED: true,
  NOT_FOUND: true,
  CONFLICT: true,
  IDEMPOTENCY_MISMATCH: true,
  CURSOR_AHEAD: true,
  GONE: true,
  TOO_LARGE: true,
  INVALID: true,
  REJECTED: true,
  UNSUPPORTED_VERSION: true,
  SLOW_MODE: true,
  RATE_LIMITED: true,
  INTERNAL: true,
  SERVER_BUSY: true,
  DRAINING: true,
  UNKNOWN_OUTCOME: true,
}

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(CODES, code)

/**
 * What an answer that is no success means. A proxy answers in its own words: 503 says that nothing
 * was done, after 502 and 504 it may have been, which is all the same for reading.
 */
export function toChatError(status: number, body: unknown, isReading = false): ChatError {
  const { code, message, retryable, retryAfterMs, details, requestId } = (
    typeof body === 'object' && body !== null ? body : {}
  ) as Readonly<Record<string, unknown>>
  if (typeof code === 'string' && typeof message === 'string') {
    return new ChatError({
      // A newer server may have codes that are not known here: what it says of them holds.
      code: isErrorCode(code) ? code : 'INTERNAL',
      message,
      retryable: retryable === true,
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
      ...(details !== undefined && { details }),
      ...(typeof requestId === 'string' && { requestId }),
    })
  }
  if (status === 503 || (isReading && (status === 502 || status === 504))) {
    return new ChatError({
      code: 'SERVER_BUSY',
      message: 'The server is busy. Try again in a moment.',
      retryable: true,
      retryAfterMs: 1_000,
    })
  }
  if (status === 502 || status === 504) return unknownOutcome()
  return new ChatError({
    code: 'INTERNAL',
    message: `The server answered ${status}, and not in words that are understood.`,
    retryable: status >= 500,
  })
}
