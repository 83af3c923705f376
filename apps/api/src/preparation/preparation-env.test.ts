import { z } from 'zod'
import { expect, test } from 'vitest'
import { preparationEnv, toPreparationSettings } from './preparation-env.ts'

const Env = z.object(preparationEnv)
const read = (env: Record<string, string>) => toPreparationSettings(Env.parse(env))
const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`

test('without an address nobody is asked, and any type may be sent', () => {
  expect(read({})).toEqual({ hook: undefined, onlyRegisteredTypes: false })
})

test('with one it fails open after a second, unless it is told otherwise', () => {
  const url = 'http://127.0.0.1:8080/check'
  expect(read({ BEFORE_SEND_URL: url }).hook).toEqual({
    url,
    secret: undefined,
    timeoutMs: 1_000,
    failsOpen: true,
  })
  const more = { BEFORE_SEND_SECRET: SECRET, BEFORE_SEND_FAIL: 'closed' }
  expect(read({ BEFORE_SEND_URL: url, ...more }).hook).toMatchObject({
    secret: SECRET,
    failsOpen: false,
  })
})

test.each([
  { BEFORE_SEND_URL: 'ftp://host/' },
  { BEFORE_SEND_URL: 'https://me:secret@host/' },
  { BEFORE_SEND_SECRET: 'short' },
  { BEFORE_SEND_TIMEOUT_MS: '60000' },
  { BEFORE_SEND_FAIL: 'maybe' },
  { MESSAGE_TYPES: 'none' },
])('%j is refused', (env) => {
  expect(Env.safeParse(env).success).toBe(false)
})
