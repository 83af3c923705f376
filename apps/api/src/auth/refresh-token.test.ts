import { expect, test } from 'vitest'
import { makeRefreshToken, readRefreshToken } from './refresh-token.ts'

const sessionId = '0197f0c1-0000-7000-8000-000000000000'

test('a token names its session and is known by its hash', () => {
  const { token, hash } = makeRefreshToken(sessionId)
  expect(readRefreshToken(token)).toEqual({ sessionId, hash })
  expect(makeRefreshToken(sessionId).token).not.toBe(token)
  expect(hash).toHaveLength(32)
})

test.each([
  '',
  '.',
  sessionId,
  `${sessionId}.short`,
  `${sessionId}.${'a'.repeat(44)}`,
  `x.${'a'.repeat(43)}`,
])('%j is no token', (token) => {
  expect(readRefreshToken(token)).toBeNull()
})
