import { expect, test } from 'vitest'
import { initials } from './avatar.ts'
import { textParts } from './text-parts.ts'
import { dayLabel, isSameDay } from './time-labels.ts'

const now = new Date(2026, 4, 20, 9, 0)
const at = (...date: [number, number, number, number]) => new Date(...date).toISOString()

test('near days have names, others their date, those of other years the year too', () => {
  expect(dayLabel(at(2026, 4, 20, 0), now)).toBe('Today')
  expect(dayLabel(at(2026, 4, 19, 23), now)).toBe('Yesterday')
  expect(dayLabel(at(2026, 4, 17, 12), now, 'en')).toBe('Sunday, May 17')
  expect(dayLabel(at(2025, 4, 17, 12), now, 'en')).toContain('2025')
  expect(isSameDay(at(2026, 4, 20, 0), at(2026, 4, 20, 23))).toBe(true)
})

test('initials tell Latin and Chinese names apart', () => {
  expect(initials('Alice')).toBe('A')
  expect(initials('Mary Ann Lee')).toBe('ML')
  expect(initials('小雨')).toBe('雨')
})

test('only addresses of the web become links', () => {
  expect(textParts('see https://example.org/a?b=1, ok')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'https://example.org/a?b=1' },
    { kind: 'text', text: ', ok' },
  ])
  expect(textParts('javascript:alert(1) @bob')).toEqual([
    { kind: 'text', text: 'javascript:alert(1) ' },
    { kind: 'mention', text: '@bob' },
  ])
})
