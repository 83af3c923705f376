import { createPublicKey, createSecretKey, type JsonWebKey } from 'node:crypto'
import jwt, { type JwtHeader } from 'jsonwebtoken'
import { Claims, type Identity } from './claims.ts'
import { fetchedKeys, type FindKey } from './fetched-keys.ts'
import { TokenError } from './token-error.ts'
import type { TokenSettings } from './token-settings.ts'

export type VerifyToken = (token: string) => Promise<Identity>

/** Clocks of hosts differ a little; more than this is a wrong token, not a slow clock. */
const CLOCK_TOLERANCE_S = 5
export const CLOCK_TOLERANCE_MS = CLOCK_TOLERANCE_S * 1_000
const USER_ID = /^(?! )[^\p{C}\u2028\u2029]{1,64}(?<! )$/u

const fromKnownKeys = (keys: readonly JsonWebKey[]): FindKey => {
  const byId = new Map(keys.map((key) => [key['kid'], createPublicKey({ key, format: 'jwk' })]))
  return async (kid) => {
    const key = byId.get(kid)
    if (key === undefined) throw new TokenError('AUTH_INVALID', 'no key for this token')
    return key
  }
}

/** Where the keys of our own access tokens are: at the API, or at hand inside it. */
export type OwnKeys =
  | { readonly url: string }
  | { readonly keySet: { readonly keys: readonly JsonWebKey[] } }

interface Trust {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly jwt.Algorithm[]
  /** `typ` of the header, where we sign ourselves: a refresh or id token is no access token. */
  readonly typ?: string
  readonly findKey: FindKey
}

function readHeader(token: string): { header: JwtHeader; issuer: unknown } {
  try {
    const decoded = jwt.decode(token, { complete: true })
    const payload: unknown = decoded?.payload
    if (decoded !== null && typeof payload === 'object' && payload !== null) {
      return { header: decoded.header, issuer: (payload as { iss?: unknown }).iss }
    }
  } catch (cause) {
    throw new TokenError('AUTH_INVALID', 'not a JSON Web Token', { cause })
  }
  throw new TokenError('AUTH_INVALID', 'not a JSON Web Token')
}

async function verify(token: string, header: JwtHeader, trust: Trust): Promise<unknown> {
  if (!trust.algorithms.includes(header.alg as jwt.Algorithm)) {
    throw new TokenError('AUTH_INVALID', 'algorithm is not allowed')
  }
  if (trust.typ !== undefined && header.typ !== trust.typ) {
    throw new TokenError('AUTH_INVALID', 'typ is not that of an access token')
  }
  // Extensions that must be understood: none is (RFC 7515, 4.1.11).
  if ('crit' in header) throw new TokenError('AUTH_INVALID', 'crit names what is not understood')
  if (header.kid !== undefined && !/^[\w.:-]{1,128}$/u.test(header.kid)) {
    throw new TokenError('AUTH_INVALID', 'kid is malformed')
  }
  const key = await trust.findKey(header.kid)
  try {
    return jwt.verify(token, key, {
      algorithms: [...trust.algorithms],
      issuer: trust.issuer,
      audience: trust.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
    })
  } catch (cause) {
    const expired = cause instanceof jwt.TokenExpiredError
    throw new TokenError(expired ? 'AUTH_EXPIRED' : 'AUTH_INVALID', 'not verified', { cause })
  }
}

/**
 * Verifies without a call to anybody, but for key sets that are fetched and kept. The issuer chooses
 * the one row of trust that applies, with its own algorithms: a token signed with a public key as if
 * it were a shared secret, or with `none`, fits no row.
 */
export function createVerifyToken(settings: TokenSettings, ownKeys: OwnKeys): VerifyToken {
  const trusts: Trust[] = [
    {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: ['ES256'],
      typ: 'at+jwt',
      findKey: 'url' in ownKeys ? fetchedKeys(ownKeys.url) : fromKnownKeys(ownKeys.keySet.keys),
    },
  ]
  const { host } = settings
  if (host?.secret !== undefined) {
    const secret = createSecretKey(host.secret, 'utf8')
    trusts.push({ ...host, algorithms: ['HS256'], findKey: async () => secret })
  }
  if (host?.jwksUrl !== undefined) {
    trusts.push({
      ...host,
      algorithms: ['RS256', 'ES256', 'PS256'],
      findKey: fetchedKeys(host.jwksUrl),
    })
  }

  return async (token) => {
    const { header, issuer } = readHeader(token)
    const trust = trusts.find(
      (row) => row.issuer === issuer && row.algorithms.includes(header.alg as jwt.Algorithm),
    )
    if (trust === undefined) throw new TokenError('AUTH_INVALID', 'issuer or algorithm not trusted')
    const parsed = Claims.safeParse(await verify(token, header, trust))
    if (!parsed.success) throw new TokenError('AUTH_INVALID', 'claims are missing')
    return toIdentity(parsed.data, trust.issuer === settings.issuer)
  }
}

/** Otherwise a token could be dated so that signing its user out does not reach it. */
function refuseFromTheFuture({ iat }: Claims): void {
  if (iat !== undefined && iat > Date.now() / 1_000 + CLOCK_TOLERANCE_S) {
    throw new TokenError('AUTH_INVALID', 'issued in the future')
  }
}

function toIdentity(claims: Claims, own: boolean): Identity {
  refuseFromTheFuture(claims)
  if (!USER_ID.test(claims.sub)) throw new TokenError('AUTH_INVALID', 'sub is not a user id')
  const { sub: userId, exp, iat, sid, name, picture } = claims
  return {
    userId,
    expiresAtMs: exp * 1_000,
    issuedAtMs: (iat ?? 0) * 1_000,
    ...(own && sid !== undefined && { sessionId: sid }),
    ...(!own && {
      host: {
        ...(name !== undefined && { displayName: name }),
        ...(picture !== undefined && { avatarUrl: picture }),
      },
    }),
  }
}
