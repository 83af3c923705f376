import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { TokenSettings } from './token-settings.ts'

export interface TokenSigner {
  /** Short-lived access token of one session. */
  sign(userId: string, sessionId: string, ttlSeconds: number): string
  /** 32 bytes that follow from `text`, and that only who has the signing key can tell. */
  derive(text: string): Buffer<ArrayBuffer>
  /** What `/.well-known/jwks.json` answers. */
  readonly keySet: { readonly keys: readonly JsonWebKey[] }
}

/** `kid` is the key's RFC 7638 thumbprint. */
function toPublicJwk(key: KeyObject, what: string): JsonWebKey & { readonly kid: string } {
  const { kty, crv, x, y } = key.export({ format: 'jwk' })
  if (kty !== 'EC' || crv !== 'P-256') throw new Error(`${what} must be an EC P-256 key.`)
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JsonWebKey & { readonly kid: string }
}

/**
 * Signs ES256 with the P-256 key given as PEM. Tokens that were signed with `verifyOnlyPems` (public or
 * private keys) are good as well, so that a key can be replaced without signing anybody out.
 */
export function createTokenSigner(
  privateKeyPem: string,
  settings: TokenSettings,
  verifyOnlyPems: readonly string[] = [],
): TokenSigner {
  const privateKey = createPrivateKey(privateKeyPem)
  const own = toPublicJwk(createPublicKey(privateKey), 'The signing key')
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' })
  const derivingKey = Buffer.from(hkdfSync('sha256', secret, '', 'parley successors', 32))
  const others = verifyOnlyPems.map((pem) => toPublicJwk(createPublicKey(pem), 'A verifying key'))
  return {
    sign: (userId, sessionId, ttlSeconds) =>
      jwt.sign({ sid: sessionId }, privateKey, {
        header: { alg: 'ES256', typ: 'at+jwt', kid: own.kid },
        subject: userId,
        issuer: settings.issuer,
        audience: settings.audience,
        expiresIn: ttlSeconds,
      }),
    derive: (text) => Buffer.from(createHmac('sha256', derivingKey).update(text).digest()),
    keySet: { keys: [own, ...others.filter(({ kid }) => kid !== own.kid)] },
  }
}
