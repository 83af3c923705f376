import { createHmac, randomBytes } from 'node:crypto'

/** A host application, whose users need no sign-up. */
export interface Host {
  readonly env: Readonly<Record<'HOST_JWT_ISSUER' | 'HOST_JWT_SECRET', string>>
  readonly tokenOf: (userId: string) => string
}

const LIVES_S = 7_200

export function createHost(): Host {
  const secret = randomBytes(32).toString('base64url')
  const issuer = 'bench.example'
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    env: { HOST_JWT_ISSUER: issuer, HOST_JWT_SECRET: secret },
    tokenOf(userId) {
      const issuedAt = Math.floor(Date.now() / 1_000)
      const claims = {
        iss: issuer,
        aud: 'parley',
        sub: userId,
        iat: issuedAt,
        exp: issuedAt + LIVES_S,
      }
      const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    },
  }
}
