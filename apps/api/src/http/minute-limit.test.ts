import { expect, test } from 'vitest'
import { createMinuteLimit } from './minute-limit.ts'

test('so many pass in a minute, of each by themselves; what is refused is not counted', () => {
  let nowMs = 0
  const refused: string[] = []
  const limit = createMinuteLimit({
    bucket: 'user-adds',
    perMinute: 300,
    onLimit: (bucket) => refused.push(bucket),
    now: () => nowMs,
  })
  limit.take('ada', 100)
  limit.take('ada', 150)
  nowMs = 20_000
  expect(() => limit.take('ada', 51)).toThrow(
    expect.objectContaining({
      code: 'RATE_LIMITED',
      retryAfterMs: 40_000,
      details: { bucket: 'user-adds', limit: 300, windowMs: 60_000 },
    }),
  )
  limit.take('ada', 50)
  limit.take('ada', 0)
  limit.take('bob', 300)
  expect(() => limit.take('ada', 1)).toThrow('at most 300 a minute')
  expect(refused).toEqual(['user-adds', 'user-adds'])
  nowMs = 60_000
  limit.take('ada', 300)
})

test('more at once than a whole minute allows passes by itself, and not never', () => {
  const limit = createMinuteLimit({ bucket: 'b', perMinute: 50, onLimit: () => {}, now: () => 0 })
  limit.take('ada', 100)
  expect(() => limit.take('ada', 1)).toThrow('too fast')
})
