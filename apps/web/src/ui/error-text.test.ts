import { ChatError } from '@parley/client'
import { ERROR_CODES } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { errorText } from './error-text.ts'

const error = (code: (typeof ERROR_CODES)[number], rest: Partial<ChatError> = {}): ChatError =>
  new ChatError({ code, message: 'words of the server', ...rest })

test.each(ERROR_CODES)('%s is told in a sentence of its own', (code) => {
  const text = errorText(error(code))
  expect(text).toMatch(/^[A-Z].+\.$/u)
  expect(text).not.toContain('words of the server')
  expect(text).not.toContain(code)
})

test('slow mode says how long it lasts', () => {
  expect(errorText(error('SLOW_MODE', { retryAfterMs: 12_001 }))).toContain('13 s')
  expect(errorText(error('RATE_LIMITED', { retryAfterMs: 200_000 }))).toContain('4 min')
})

test('a mute and a ban say until when', () => {
  const details = { until: '2126-05-03T10:00:00.000Z' }
  expect(errorText(error('MUTED', { details }))).toContain('2126')
  expect(errorText(error('BANNED', { details }))).toContain('2126')
  expect(errorText(error('MUTED', { details: { until: 'soon' } }))).not.toContain('soon')
})

test('what was refused says which part of it', () => {
  const details = [{ path: 'name', problem: 'must not be blank' }]
  expect(errorText(error('INVALID', { details }))).toContain('(name must not be blank.)')
})

test('whatever else was thrown is told too', () => {
  expect(errorText(new TypeError('fetch failed'))).toContain('cannot be reached')
  expect(errorText('odd')).toContain('went wrong')
  expect(errorText(undefined)).toContain('went wrong')
})
