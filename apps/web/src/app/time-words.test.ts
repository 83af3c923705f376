import { expect, test } from 'vitest'
import { agoWords, dayWords, daysAgo, shortWhen } from './time-words.ts'

const now = new Date(2026, 4, 3, 12, 0)

test('days are those of the calendar, not of 24 hours', () => {
  expect(daysAgo(new Date(2026, 4, 2, 23, 59), now)).toBe(1)
  expect(daysAgo(new Date(2026, 4, 3, 0, 1), now)).toBe(0)
})

test('a list says the time today, the day of this week, and else the date', () => {
  expect(shortWhen(new Date(2026, 4, 3, 9, 5), now)).toMatch(/9:05/u)
  expect(shortWhen(new Date(2026, 4, 1), now)).toMatch(/Fri/u)
  expect(shortWhen(new Date(2026, 2, 1), now)).toMatch(/Mar/u)
  expect(shortWhen(new Date(2024, 2, 1), now)).toMatch(/24/u)
})

test('a line between days says today and yesterday', () => {
  expect(dayWords(now, now)).toBe('Today')
  expect(dayWords(new Date(2026, 4, 2), now)).toBe('Yesterday')
  expect(dayWords(new Date(2026, 4, 1), now)).toMatch(/Friday/u)
  expect(dayWords(new Date(2024, 4, 1), now)).toMatch(/2024/u)
})

test('how long ago is told in the largest whole unit', () => {
  expect(agoWords(new Date(2026, 4, 3, 11, 58), now)).toMatch(/2 minutes ago/u)
  expect(agoWords(new Date(2026, 4, 1, 11, 0), now)).toMatch(/2 days ago/u)
  expect(agoWords(new Date(2026, 4, 3, 14, 0), now)).toMatch(/in 2 hours/u)
})
