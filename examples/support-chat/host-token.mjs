import { createHmac, randomUUID } from 'node:crypto'

const TTL_S = 600

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A token by which Parley knows a user of ours (docs/operations.md). It cannot be taken back, so it is
 * short; the page asks for the next one.
 * @param {{ issuer: string, secret: string }} settings
 * @param {{ id: string, displayName: string }} user
 */
export function signHostToken({ issuer, secret }, { id, displayName }) {
  const now = Math.floor(Date.now() / 1_000)
  const signed = [
    { alg: 'HS256', typ: 'JWT' },
    {
      iss: issuer,
      aud: 'parley',
      sub: id,
      name: displayName,
      iat: now,
      exp: now + TTL_S,
      // Two of the same second differ: whoever asks for another one gets another one.
      jti: randomUUID(),
    },
  ]
    .map(encode)
    .join('.')
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
