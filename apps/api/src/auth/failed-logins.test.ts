import { expect, test } from 'vitest'
import { createFailedLogins, type FailedLogins } from './failed-logins.ts'

const right = async (): Promise<string> => 'ada'
const wrong = async (): Promise<null> => null
const TOO_FAST = expect.objectContaining({ code: 'RATE_LIMITED' })

async function fail(failed: FailedLogins, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await failed.attempt('ada', wrong)
}

test('ten failures shut a name until the window ends, and a success forgets them', async () => {
  let nowMs = 0
  const failed = createFailedLogins(() => nowMs)
  await fail(failed, 9)
  expect(await failed.attempt('ada', right)).toBe('ada')
  await fail(failed, 10)
  nowMs = 20_000
  await expect(failed.attempt('ada', right)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 40_000,
  })
  expect(await failed.attempt('bob', right)).toBe('ada')
  nowMs = 60_000
  expect(await failed.attempt('ada', right)).toBe('ada')
})

test('of sixty guesses at the same time ten are compared', async () => {
  const failed = createFailedLogins(() => 0)
  let compared = 0
  const guesses = Array.from({ length: 60 }, () =>
    failed.attempt('ada', async () => {
      compared += 1
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      return null
    }),
  )
  const outcomes = await Promise.allSettled(guesses)
  expect(compared).toBe(10)
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toEqual(Array.from({ length: 50 }, () => TOO_FAST))
  await expect(failed.attempt('ada', right)).rejects.toThrow(TOO_FAST)
})

test('who signs in on many devices at once comes again in a moment, and not after the window', async () => {
  const failed = createFailedLogins(() => 0)
  const devices = Array.from({ length: 12 }, () => failed.attempt('ada', right))
  const outcomes = await Promise.allSettled(devices)
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toMatchObject([{ retryAfterMs: 1_000 }, { retryAfterMs: 1_000 }])
  expect(await failed.attempt('ada', right)).toBe('ada')
})

test('what could not be compared is no failure', async () => {
  const failed = createFailedLogins(() => 0)
  const broken = () => failed.attempt('ada', () => Promise.reject(new Error('away')))
  for (let i = 0; i < 20; i += 1) await expect(broken()).rejects.toThrow('away')
  expect(await failed.attempt('ada', right)).toBe('ada')
})
