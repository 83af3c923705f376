import { createHash, createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { TokenSettings } from './token-settings.ts'

export interface TokenSigner {
  /** Short-lived access token of one session. */
  sign(userId: string, sessionId: string, ttlSeconds: number): string
  /** What `/.well-known/jwks.json` answers. */
  readonly keySet: { readonly keys: readonly JsonWebKey[] }
}

/** Signs ES256 with the P-256 key given as PEM. `kid` is the key's RFC 7638 thumbprint. */
export function createTokenSigner(privateKeyPem: string, settings: TokenSettings): TokenSigner {
  const privateKey = createPrivateKey(privateKeyPem)
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (kty !== 'EC' || crv !== 'P-256') throw new Error('The signing key must be an EC P-256 key.')
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return {
    sign: (userId, sessionId, ttlSeconds) =>
      jwt.sign({ sid: sessionId }, privateKey, {
        header: { alg: 'ES256', typ: 'at+jwt', kid },
        subject: userId,
        issuer: settings.issuer,
        audience: settings.audience,
        expiresIn: ttlSeconds,
      }),
    keySet: { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JsonWebKey] },
  }
}
