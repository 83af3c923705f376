import { ParleyError } from '@parley/message-schema'
import { TokenError, type Identity, type VerifyToken } from '@parley/server-kit'
import type { Request, Response } from 'express'
import type { LimitUser } from './rate-limits.ts'

/** Who is calling. Throws `AUTH_*`, or `RATE_LIMITED` for a caller that is too fast. */
export type Authenticate = (request: Request, response: Response) => Promise<Identity>

export interface AuthenticatePorts {
  readonly verifyToken: VerifyToken
  readonly limitUser: LimitUser
  /** The user exists (a host's user is created now), and the session was not ended. */
  readonly admit: (identity: Identity) => Promise<void>
}

function toAuthError(cause: unknown): ParleyError {
  if (!(cause instanceof TokenError)) return ParleyError.from(cause)
  const wait = cause.code === 'SERVER_BUSY' && { retryAfterMs: 1_000 }
  return new ParleyError(cause.code, { cause, ...wait })
}

const BEARER = /^Bearer +([\w.~+/=-]+)$/iu

/** The limit comes before anything is looked up, so that being too fast costs no query. */
export function createAuthenticate(ports: AuthenticatePorts): Authenticate {
  const { verifyToken, limitUser, admit } = ports
  return async (request, response) => {
    const { authorization } = request.headers
    if (authorization === undefined) throw new ParleyError('AUTH_REQUIRED')
    const token = BEARER.exec(authorization)?.[1]
    if (token === undefined) throw new ParleyError('AUTH_INVALID')
    const identity = await verifyToken(token).catch((cause: unknown) => {
      throw toAuthError(cause)
    })
    await limitUser(request, response, identity.userId)
    await admit(identity)
    return identity
  }
}
