import { expect, test } from 'vitest'
import { z } from 'zod'
import { commaList, durationMs, EnvironmentError, port, readEnv } from './read-env.ts'
import { checkHostSettings, tokenEnv, toTokenSettings } from './tokens/token-settings.ts'

const Env = checkHostSettings(
  z.object({
    PORT: port.default(3_000),
    WAIT_MS: durationMs,
    REDIS_URL: z.url({ protocol: /^rediss?$/u }),
    LEVEL: z.enum(['info', 'debug']).default('info'),
    FAIL: z.stringbool().default(false),
    LIST: commaList,
    ...tokenEnv,
  }),
)

const right = { WAIT_MS: '10', REDIS_URL: 'redis://127.0.0.1' }

function problemOf(env: Record<string, string>): string {
  try {
    readEnv(Env, env)
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError)
    return (error as Error).message
  }
  return ''
}

test('every wrong variable is named at once, and none of what they hold', () => {
  const values = {
    PORT: '70000',
    WAIT_MS: 'seven-of-them',
    REDIS_URL: 'http://user:hunter2@redis.example',
    LEVEL: 'loudest',
    FAIL: 'perhaps',
    HOST_JWT_SECRET: 'too-short-a-secret',
    HOST_JWKS_URL: 'no url but a secret',
  }
  const problem = problemOf(values)
  for (const [name, value] of Object.entries(values)) {
    expect(problem).toContain(name)
    expect(problem).not.toContain(value)
  }
  expect(problem).not.toContain('hunter2')
})

test('a variable that is missing hides none that are wrong together', () => {
  const problem = problemOf({ REDIS_URL: right.REDIS_URL, HOST_JWT_SECRET: 'x'.repeat(32) })
  expect(problem).toContain('WAIT_MS')
  expect(problem).toContain('HOST_JWT_ISSUER')
})

test('an empty variable counts as absent', () => {
  expect(readEnv(Env, { ...right, PORT: '', LEVEL: '', HOST_JWT_SECRET: '' })).toMatchObject({
    PORT: 3_000,
    LEVEL: 'info',
    FAIL: false,
    LIST: [],
  })
  expect(problemOf({ ...right, WAIT_MS: '' })).toContain('WAIT_MS')
})

test('lists are of what stands between commas', () => {
  expect(readEnv(Env, { ...right, LIST: ' a, b,,c ' }).LIST).toEqual(['a', 'b', 'c'])
})

const secret = 'x'.repeat(32)
test.each([
  ['a key without its issuer', { HOST_JWT_SECRET: secret }, 'HOST_JWT_ISSUER'],
  ['an issuer without a key', { HOST_JWT_ISSUER: 'shop' }, 'HOST_JWT_SECRET'],
  ['our own issuer', { HOST_JWT_SECRET: secret, HOST_JWT_ISSUER: 'parley' }, 'HOST_JWT_ISSUER'],
  [
    'a secret that can be guessed',
    { HOST_JWT_SECRET: 'x'.repeat(31), HOST_JWT_ISSUER: 's' },
    'SECRET',
  ],
  [
    'a public key as if it were a secret',
    { HOST_JWT_SECRET: `-----BEGIN PUBLIC KEY-----\n${secret}`, HOST_JWT_ISSUER: 's' },
    'HOST_JWKS_URL',
  ],
])('half a trust in a host is refused: %s', (_, env, named) => {
  expect(problemOf({ ...right, ...env })).toContain(named)
})

test('a host is trusted only where it was configured', () => {
  expect(toTokenSettings(readEnv(Env, right))).toEqual({ issuer: 'parley', audience: 'parley' })
  const env = { ...right, HOST_JWT_SECRET: secret, HOST_JWT_ISSUER: 'shop', TOKEN_AUDIENCE: 'chat' }
  expect(toTokenSettings(readEnv(Env, env))).toEqual({
    issuer: 'parley',
    audience: 'chat',
    host: { issuer: 'shop', audience: 'chat', secret },
  })
})
