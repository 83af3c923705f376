import { ERRORS, invalid, ParleyError, toProblemDocument } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { isDatabaseAway } from '../db/is-database-away.ts'
import { requestIdOf } from './request-id.ts'

const AWAY_RETRY_MS = 1_000

/** Express' own errors (bad JSON, too large a body, a bad path) in the words of the table. */
export function fromExpress(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error
  const { type, status } = error as { type?: unknown; status?: unknown }
  if (type === 'entity.too.large') return new ParleyError('TOO_LARGE', { cause: error })
  if (type === 'entity.parse.failed') {
    return invalid('', 'The body is not valid JSON.', error)
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return invalid('', 'The request is malformed.', error)
  }
  if (isDatabaseAway(error)) {
    return new ParleyError('SERVER_BUSY', { retryAfterMs: AWAY_RETRY_MS, cause: error })
  }
  return ParleyError.from(error)
}

/** The one place where a thrown error becomes a problem document. */
export function createProblemHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, request, response, next) => {
    if (response.headersSent) {
      next(thrown)
      return
    }
    // Nobody is there any more to be answered, and what was under way for them was ended.
    if (response.destroyed && (thrown as Error).name === 'AbortError') return
    const error = fromExpress(thrown)
    const requestId = requestIdOf(response)
    const { status } = ERRORS[error.code]
    // A replica that is full says so in its metrics; a line for each would be the next thing too much.
    const isFull = error.code === 'SERVER_BUSY' && error.cause === undefined
    const level = status >= 500 && !isFull ? 'error' : 'debug'
    logger[level]({ requestId, code: error.code, path: request.path, err: error }, 'refused')
    if (error.retryAfterMs !== undefined) {
      response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1_000))
    }
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
    response
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify(toProblemDocument(error, requestId)))
  }
}

export const notFound: RequestHandler = () => {
  throw new ParleyError('NOT_FOUND', { message: 'There is no such route.' })
}
