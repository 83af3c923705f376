/**
 * What the receiver of an error does next:
 * `never` repeat it unchanged · `backoff` and try again · `after` the `retryAfterMs` that is given ·
 * `refresh` the token first · `same-id` try again with the same `clientMsgId`, the outcome is unknown.
 */
export type RetryAdvice = 'never' | 'backoff' | 'after' | 'refresh' | 'same-id'

interface ErrorRow {
  readonly status: number
  readonly retry: RetryAdvice
  readonly message: string
}

/** Every failure that a client can meet, over the socket and over REST. The table is closed. */
export const ERRORS = {
  AUTH_REQUIRED: { status: 401, retry: 'refresh', message: 'Sign in first: no token was given.' },
  AUTH_INVALID: { status: 401, retry: 'never', message: 'The credentials are not valid.' },
  AUTH_EXPIRED: { status: 401, retry: 'refresh', message: 'The token has expired.' },
  AUTH_REVOKED: { status: 401, retry: 'never', message: 'This session was ended. Sign in again.' },
  FORBIDDEN: { status: 403, retry: 'never', message: 'You may not do this.' },
  BANNED: { status: 403, retry: 'never', message: 'You are banned from this room.' },
  MUTED: { status: 403, retry: 'never', message: 'You are muted in this room.' },
  BLOCKED: { status: 403, retry: 'never', message: 'This person does not take messages from you.' },
  NOT_MEMBER: { status: 403, retry: 'never', message: 'You are not a member of this room.' },
  ROOM_FROZEN: { status: 403, retry: 'never', message: 'This room is frozen.' },
  ROOM_ARCHIVED: { status: 403, retry: 'never', message: 'This room is archived.' },
  NOT_FOUND: { status: 404, retry: 'never', message: 'There is no such thing, or not for you.' },
  CONFLICT: { status: 409, retry: 'never', message: 'It conflicts with what is there already.' },
  IDEMPOTENCY_MISMATCH: {
    status: 409,
    retry: 'never',
    message: 'This id was used before for something else.',
  },
  CURSOR_AHEAD: { status: 409, retry: 'never', message: 'That position is beyond the head.' },
  GONE: { status: 410, retry: 'never', message: 'This was there once and is gone.' },
  TOO_LARGE: { status: 413, retry: 'never', message: 'That is larger than what is accepted.' },
  INVALID: { status: 400, retry: 'never', message: 'The request is malformed.' },
  REJECTED: { status: 422, retry: 'never', message: 'The request was understood and refused.' },
  UNSUPPORTED_VERSION: {
    status: 426,
    retry: 'never',
    message: 'This protocol version is not served. Update the client.',
  },
  SLOW_MODE: { status: 429, retry: 'after', message: 'Slow mode is on in this room.' },
  RATE_LIMITED: { status: 429, retry: 'after', message: 'That was too fast.' },
  INTERNAL: { status: 500, retry: 'backoff', message: 'Something went wrong on our side.' },
  SERVER_BUSY: { status: 503, retry: 'after', message: 'The server is busy.' },
  DRAINING: { status: 503, retry: 'after', message: 'This server is going away. Connect anew.' },
  UNKNOWN_OUTCOME: {
    status: 504,
    retry: 'same-id',
    message: 'It may or may not have been done. Try again with the same clientMsgId.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

export const isRetryable = (code: ErrorCode): boolean => ERRORS[code].retry !== 'never'

export interface ParleyErrorOptions extends ErrorOptions {
  /** Says more than the table's sentence. Never holds a secret or somebody else's data. */
  readonly message?: string
  readonly retryAfterMs?: number
  /** What was wrong and where, for example `[{ path: 'text', problem: 'too long' }]`. */
  readonly details?: unknown
}

/** `code`, `message` and `details` reach the client; `cause` reaches only our logs. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly details: unknown

  constructor(code: ErrorCode, options: ParleyErrorOptions = {}) {
    super(options.message ?? ERRORS[code].message, { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details
  }

  /** The one funnel: whatever was thrown becomes a row of the table. */
  static from(cause: unknown): ParleyError {
    return cause instanceof ParleyError ? cause : new ParleyError('INTERNAL', { cause })
  }
}
