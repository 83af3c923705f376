import { expect, test } from 'vitest'
import { lastBefore } from './erase-old.ts'

test.each([
  [[], 0, 0],
  [[10, 20, 30], 25, 2],
  [[10, 20, 30], 5, 0],
  [[10, 20, 30], 31, 3],
  [[10, 10, 10, 40], 11, 3],
])('of the times %j, before %i, it is seq %i', async (times, moment, expected) => {
  const asked: number[] = []
  const sentAt = async (seq: number): Promise<Date | null> => {
    asked.push(seq)
    const time = times[seq - 1]
    return time === undefined ? null : new Date(time)
  }
  expect(await lastBefore(sentAt, 0, times.length, moment)).toBe(expected)
})

test('ten million events are a few look-ups', async () => {
  let asked = 0
  const sentAt = async (seq: number): Promise<Date> => {
    asked += 1
    return new Date(seq)
  }
  expect(await lastBefore(sentAt, 1_000, 10_000_000, 7_654_321)).toBe(7_654_320)
  expect(asked).toBeLessThan(30)
})
