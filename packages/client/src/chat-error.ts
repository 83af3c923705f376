import type { ErrorBody, ErrorCode } from '@parley/message-schema'

/** Whatever went wrong, as one row of Parley's closed table of errors (docs/errors.md). */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ErrorCode
  /** The same request may succeed later; a command keeps its `clientMsgId` then. */
  readonly isRetryable: boolean
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined
  readonly details: unknown
  /** For the logs of the server; empty where there was no answer. */
  readonly requestId: string

  constructor(body: Partial<ErrorBody> & Pick<ErrorBody, 'code' | 'message'>, cause?: unknown) {
    super(body.message, { cause })
    this.code = body.code
    this.isRetryable = body.retryable ?? false
    this.retryAfterMs = body.retryAfterMs
    this.details = body.details
    this.requestId = body.requestId ?? ''
  }
}

/** No answer came: it may or may not have been done. */
export const unknownOutcome = (cause?: unknown): ChatError =>
  new ChatError(
    {
      code: 'UNKNOWN_OUTCOME',
      message: 'The server cannot be reached. Check your connection and try again.',
      retryable: true,
    },
    cause,
  )

/** It holds what JSON cannot: trying again is of no use. */
export const notJson = (cause: unknown): ChatError =>
  new ChatError({ code: 'INVALID', message: 'It holds something that cannot be sent.' }, cause)

/** Whatever was thrown, as what callers are promised. */
export const toChatError = (cause: unknown): ChatError =>
  cause instanceof ChatError ? cause : unknownOutcome(cause)
