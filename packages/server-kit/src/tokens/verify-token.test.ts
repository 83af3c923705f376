import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import jwt, { type SignOptions } from 'jsonwebtoken'
import { describe, expect, test } from 'vitest'
import { createTokenSigner } from './sign-token.ts'
import { TokenError } from './token-error.ts'
import { createVerifyToken } from './verify-token.ts'

const newKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
const publicPem = (pem: string): string =>
  createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()

const ownKey = newKey()
const secret = 'a secret of the host, of 32 characters or more'
const settings = {
  issuer: 'parley',
  audience: 'chat',
  host: { issuer: 'shop', audience: 'chat', secret },
}
const signer = createTokenSigner(ownKey, settings)
const { keySet } = signer
const kid = keySet.keys[0]!['kid'] as string
const verify = createVerifyToken(settings, { keySet })

const inAnHour = (): number => Math.floor(Date.now() / 1_000) + 3_600
const host = (claims: object, options: SignOptions = {}, key = secret): string =>
  jwt.sign({ sub: 'ada', iss: 'shop', aud: 'chat', exp: inAnHour(), ...claims }, key, options)
const own = (claims: object, header: object = {}, key = ownKey): string =>
  jwt.sign({ sub: 'ada', iss: 'parley', aud: 'chat', exp: inAnHour(), sid: 's', ...claims }, key, {
    algorithm: 'ES256',
    header: { alg: 'ES256', typ: 'at+jwt', kid, ...header },
  })

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const forged = (header: unknown, payload: unknown, signature = 'AAAA'): string =>
  `${part(header)}.${part(payload)}.${signature}`
const claims = { sub: 'ada', iss: 'parley', aud: 'chat', exp: inAnHour() }

async function refusalOf(token: string): Promise<unknown> {
  try {
    return await verify(token)
  } catch (error) {
    return error instanceof TokenError ? error.code : error
  }
}

describe('tokens that are let in', () => {
  test('our own say whose session it is', async () => {
    const identity = await verify(signer.sign('ada', 'session-1', 60))
    expect(identity).toMatchObject({ userId: 'ada', sessionId: 'session-1' })
    expect(identity).not.toHaveProperty('host')
    expect(identity.expiresAtMs - identity.issuedAtMs).toBe(60_000)
  })

  test('those of a host say how its user is called, and never whose session of ours it is', async () => {
    const token = host({ sub: 7, name: 'Ada', picture: 'https://x/a.png', sid: 'session-1' })
    expect(await verify(token)).toMatchObject({
      userId: '7',
      host: { displayName: 'Ada', avatarUrl: 'https://x/a.png' },
    })
    expect(await verify(token)).not.toHaveProperty('sessionId')
  })

  test('a clock that is a little off is forgiven', async () => {
    const now = Math.floor(Date.now() / 1_000)
    expect(await refusalOf(host({ exp: now - 3 }))).toMatchObject({ userId: 'ada' })
    expect(await refusalOf(host({ exp: now - 10 }))).toBe('AUTH_EXPIRED')
  })
})

test('a key that was replaced is good for what it has signed, and signs no more', async () => {
  const next = newKey()
  const rotated = createTokenSigner(next, settings, [publicPem(ownKey), next])
  expect(rotated.keySet.keys).toHaveLength(2)
  const both = createVerifyToken(settings, { keySet: rotated.keySet })
  const before = signer.sign('ada', 's', 60)
  const after = rotated.sign('ada', 's', 60)
  await expect(both(before)).resolves.toMatchObject({ userId: 'ada' })
  await expect(both(after)).resolves.toMatchObject({ userId: 'ada' })
  await expect(verify(after)).rejects.toThrow(TokenError)
  expect(JSON.stringify(rotated.keySet)).not.toContain('"d"')
})

describe('tokens that are refused', () => {
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const rsaPem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString()

  test.each([
    ['no token at all', 'hello'],
    ['nothing', ''],
    ['dots', '..'],
    ['a payload that is no JSON', forged({ alg: 'HS256', typ: 'JWT' }, 'no json')],
    ['a payload that is null', forged({ alg: 'HS256', typ: 'JWT' }, 'null')],
    ['a payload that is a number', forged({ alg: 'HS256', typ: 'JWT' }, '7')],
    ['a payload that is a text', forged({ alg: 'HS256', typ: 'JWT' }, '"ada"')],
    ['a header that is null', forged('null', claims)],
    ['alg none', forged({ alg: 'none', typ: 'at+jwt', kid }, claims, '')],
    ['alg None', forged({ alg: 'None', typ: 'at+jwt', kid }, claims, '')],
    ['alg none of a host', forged({ alg: 'none' }, { ...claims, iss: 'shop' }, '')],
    ['no alg', forged({ typ: 'at+jwt', kid }, claims)],
    ['our public key as a shared secret', jwtHs(publicPem(ownKey), 'parley')],
    ['our public key as the secret of the host', jwtHs(publicPem(ownKey), 'shop')],
    ['an issuer nobody trusts', own({ iss: 'mallory' })],
    ['no issuer', own({ iss: undefined })],
    ['a list of issuers', forged({ alg: 'HS256' }, { ...claims, iss: ['shop', 'parley'] })],
    ['the host speaking as us', host({ iss: 'parley' })],
    ['us speaking as the host', own({ iss: 'shop' })],
    ['another audience', own({ aud: 'mail' })],
    ['another audience of the host', host({ aud: 'mail' })],
    ['no audience', host({ aud: undefined })],
    ['an id token', own({}, { typ: 'JWT' })],
    ['no typ', own({}, { typ: undefined })],
    ['an unknown kid', own({}, { kid: 'other' })],
    ['no kid', own({}, { kid: undefined })],
    ['a kid that is a path', own({}, { kid: '../../etc/passwd' })],
    ['a kid that is SQL', own({}, { kid: "x' OR 1=1 --" })],
    ['a kid that is an object', own({}, { kid: { $ne: 1 } })],
    ['a kid that is a list', own({}, { kid: [kid] })],
    ['a very long kid', own({}, { kid: 'x'.repeat(10_000) })],
    ['another key', own({}, {}, newKey())],
    ['a weak HMAC of the host', host({}, { algorithm: 'HS256' }, `${secret}!`)],
    ['an algorithm the host may not use', host({}, { algorithm: 'HS384' })],
    ['RSA where the host has a shared secret', host({}, { algorithm: 'RS256' }, rsaPem)],
    ['an extension of ours that must be understood', own({}, { crit: ['b64'] })],
    ['an extension of a host', host({}, { header: { alg: 'HS256', crit: ['exp'] } } as never)],
    ['one from the future', host({ iat: inAnHour(), exp: inAnHour() + 60 })],
    ['one of ours from the future', own({ iat: inAnHour(), exp: inAnHour() + 60 })],
    ['no end', jwt.sign({ sub: 'ada', iss: 'shop', aud: 'chat' }, secret)],
    ['not valid yet', host({ nbf: inAnHour() })],
    ['nobody', host({ sub: undefined })],
    ['an empty sub', host({ sub: '' })],
    ['a sub with a line break', host({ sub: 'ada\nbob' })],
    ['a sub with outer blanks', host({ sub: ' ada' })],
    ['a sub that is too long', host({ sub: 'x'.repeat(65) })],
    ['an end that no date can say', host({ exp: Number.MAX_SAFE_INTEGER })],
  ])('%s', async (_, token) => {
    expect(await refusalOf(token)).toBe('AUTH_INVALID')
  })

  test.each([
    ['of ours', () => own({ exp: 1_000 })],
    ['of a host', () => host({ exp: 1_000 })],
  ])(
    'an expired one %s is said to be expired, so that the client refreshes it',
    async (_, token) => {
      expect(await refusalOf(token())).toBe('AUTH_EXPIRED')
    },
  )

  test('an expired one with a wrong signature is invalid, not expired', async () => {
    expect(await refusalOf(own({ exp: 1_000 }, {}, newKey()))).toBe('AUTH_INVALID')
  })

  test('a changed payload is noticed', async () => {
    const [head, , signature] = host({}).split('.')
    const changed = part({ sub: 'root', iss: 'shop', aud: 'chat', exp: inAnHour() })
    expect(await refusalOf(`${head}.${changed}.${signature}`)).toBe('AUTH_INVALID')
  })

  test('nobody is trusted who was not configured', async () => {
    const alone = createVerifyToken({ issuer: 'parley', audience: 'chat' }, { keySet })
    await expect(alone(host({}))).rejects.toThrow(TokenError)
    await expect(alone(own({}))).resolves.toMatchObject({ userId: 'ada' })
  })
})

/** As an attacker would: HS256 with whatever is public as the secret. `jsonwebtoken` refuses to. */
function jwtHs(key: string, issuer: string): string {
  const body = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${part({ ...claims, iss: issuer })}`
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}
