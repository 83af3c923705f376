import type { RequestHandler, Response } from 'express'
import { v7 as uuidv7 } from 'uuid'

const ACCEPTED = /^[\w.:-]{1,64}$/u

/** Keeps the caller's `X-Request-Id` if it is harmless in a log, else makes one. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id')
  const id = given !== undefined && ACCEPTED.test(given) ? given : uuidv7()
  response.locals['requestId'] = id
  response.setHeader('X-Request-Id', id)
  next()
}

export const requestIdOf = (response: Response): string => String(response.locals['requestId'])
