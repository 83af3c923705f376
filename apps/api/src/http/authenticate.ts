import {
  ACT_AS_HEADER,
  actAsScope,
  invalid,
  ParleyError,
  UserId,
  type RouteSpec,
} from '@parley/message-schema'
import { TokenError, type Identity, type VerifyToken } from '@parley/server-kit'
import type { Request, Response } from 'express'
import { requireScope, type Caller, type KeyIdentity } from '../auth/caller.ts'
import type { Operators } from '../auth/operators.ts'
import type { UserStandings } from '../auth/user-standing.ts'
import type { ApiKeys } from '../auth/verify-key.ts'
import type { RateLimits } from './rate-limits.ts'

/** Who is calling. Throws `AUTH_*`, `FORBIDDEN`, or `RATE_LIMITED` for one that is too fast. */
export type Authenticate = (
  spec: RouteSpec,
  request: Request,
  response: Response,
) => Promise<Caller | KeyIdentity | undefined>

export interface AuthenticatePorts {
  readonly verifyToken: VerifyToken
  readonly apiKeys: Pick<ApiKeys, 'isKey' | 'verify'>
  readonly limits: Omit<RateLimits, 'address'>
  readonly standings: Pick<UserStandings, 'of'>
  readonly operators: Operators
  /** The user exists (a host's user is created now), and the session was not ended. */
  readonly admit: (identity: Identity) => Promise<void>
}

/** Of one that acts for a user: nothing lasts longer than the request. */
const ACTING_MS = 3_600_000
const BEARER = /^Bearer +([\w.~+/=-]+)$/iu

function readBearer({ headers: { authorization } }: Request): string {
  if (authorization === undefined) throw new ParleyError('AUTH_REQUIRED')
  const token = BEARER.exec(authorization)?.[1]
  if (token === undefined) throw new ParleyError('AUTH_INVALID')
  return token
}

function toAuthError(cause: unknown): ParleyError {
  if (!(cause instanceof TokenError)) return ParleyError.from(cause)
  const wait = cause.code === 'SERVER_BUSY' && { retryAfterMs: 1_000 }
  return new ParleyError(cause.code, { cause, ...wait })
}

function readActAs(request: Request): string {
  const given = request.get(ACT_AS_HEADER)
  if (given === undefined) {
    throw new ParleyError('FORBIDDEN', {
      message: `This is an API key, and the route is for users: name one in ${ACT_AS_HEADER}.`,
    })
  }
  // Ids may have letters that no header can carry: then they are spelled as in an address.
  const parsed = UserId.safeParse(decode(given))
  if (parsed.success) return parsed.data
  throw invalid(ACT_AS_HEADER, 'must be a user id')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The limit comes before anything else is looked up, so that being too fast costs little. */
export function createAuthenticate(ports: AuthenticatePorts): Authenticate {
  const { verifyToken, apiKeys, limits, standings, operators, admit } = ports

  async function asUser(
    spec: RouteSpec,
    token: string,
    request: Request,
    response: Response,
  ): Promise<Caller> {
    const identity = await verifyToken(token).catch((cause: unknown) => {
      throw toAuthError(cause)
    })
    await limits.user(spec, request, response, identity.userId)
    await admit(identity)
    return identity
  }

  async function actAs(spec: RouteSpec, key: KeyIdentity, request: Request): Promise<Caller> {
    const userId = readActAs(request)
    const scope = actAsScope(spec)
    if (scope === undefined) {
      throw new ParleyError('FORBIDDEN', { message: 'This route is for users, not for API keys.' })
    }
    requireScope(key, scope)
    const standing = await standings.of(userId)
    if (standing === null || standing.isErased) {
      throw new ParleyError('NOT_FOUND', {
        message: `${ACT_AS_HEADER}: there is no such user. PUT /v1/users/:id makes one.`,
      })
    }
    const now = Date.now()
    return { userId, issuedAtMs: now, expiresAtMs: now + ACTING_MS, viaKey: key.keyId }
  }

  /** The only place that lets a person in where keys are asked for. */
  function asOperator({ operators: lets, scope }: RouteSpec, { userId }: Caller): KeyIdentity {
    if (lets === true && scope !== undefined && operators.has(userId)) {
      return { keyId: userId, isOperator: true, scopes: new Set([scope]), ratePerMinute: null }
    }
    const message =
      lets === true
        ? 'This route takes an API key, or the token of an operator.'
        : 'This route takes an API key, not the token of a user.'
    throw new ParleyError('FORBIDDEN', { message })
  }

  return async (spec, request, response) => {
    if (spec.auth === 'none' || spec.auth === 'link') {
      await limits.open(spec, request, response)
      return undefined
    }
    const token = readBearer(request)
    if (!apiKeys.isKey(token)) {
      const caller = await asUser(spec, token, request, response)
      if (spec.auth === 'key') return asOperator(spec, caller)
      if (request.get(ACT_AS_HEADER) === undefined) return caller
      throw invalid(ACT_AS_HEADER, 'is for API keys')
    }
    const key = await apiKeys.verify(token)
    await limits.key(spec, request, response, key)
    if (spec.auth === 'user') {
      const caller = await actAs(spec, key, request)
      response.locals['userId'] = caller.userId
      return caller
    }
    if (spec.scope === undefined) throw new Error(`${spec.path} has no scope.`)
    requireScope(key, spec.scope)
    return key
  }
}
