import { expect, test } from 'vitest'
import { z } from 'zod'
import { readEnv } from './read-env.ts'
import { checkTestSettings, testEnv, toTestSettings } from './test-settings.ts'

const Env = checkTestSettings(z.object({ ...testEnv }))
const read = (env: NodeJS.ProcessEnv) => toTestSettings(readEnv(Env, env))

test('nothing is broken unless it is asked for', () => {
  expect(read({})).toEqual({ failPointsEnabled: false, mutants: new Set(), clockOffsetMs: 0 })
})

test('what is asked for twice is broken', () => {
  const env = {
    FAIL_POINTS_ENABLED: 'true',
    MUTANTS: 'no-repair, dedup-off',
    CLOCK_OFFSET_MS: '-5',
  }
  expect(read(env)).toEqual({
    failPointsEnabled: true,
    mutants: new Set(['no-repair', 'dedup-off']),
    clockOffsetMs: -5,
  })
})

test.each([
  [{ MUTANTS: 'no-repair' }, 'MUTANTS: needs FAIL_POINTS_ENABLED'],
  [{ CLOCK_OFFSET_MS: '1' }, 'CLOCK_OFFSET_MS: needs FAIL_POINTS_ENABLED'],
  [{ FAIL_POINTS_ENABLED: 'true', MUTANTS: 'no-such' }, 'MUTANTS.0'],
  [
    { NODE_ENV: 'production', FAIL_POINTS_ENABLED: 'true', MUTANTS: 'no-repair' },
    'FAIL_POINTS_ENABLED: is refused in production',
  ],
])('%j is refused', (env, sentence) => {
  expect(() => read(env)).toThrow(sentence)
})

test('production without any of it is what production is', () => {
  expect(read({ NODE_ENV: 'production' }).failPointsEnabled).toBe(false)
})
