import { expect, test } from 'vitest'
import { createFailedLogins } from './failed-logins.ts'

test('ten failures shut a name until the window ends, and a success forgets them', () => {
  let nowMs = 0
  const failed = createFailedLogins(() => nowMs)
  const fail = (times: number): void => {
    for (let i = 0; i < times; i += 1) failed.add('ada')
  }
  fail(9)
  failed.check('ada')
  failed.clear('ada')
  fail(10)
  expect(() => failed.check('ada')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
  failed.check('bob')
  nowMs = 60_000
  failed.check('ada')
})
