import { expect, test } from 'vitest'
import { createCircuitBreaker } from './circuit-breaker.ts'

function aBreaker() {
  let now = 0
  const breaker = createCircuitBreaker({ failures: 3, pauseMs: 100, now: () => now })
  const fail = (times: number): void => {
    for (let count = 0; count < times; count += 1) breaker.failed()
  }
  return { breaker, fail, pass: (ms: number) => (now += ms) }
}

test('opens after so many failures in a row', () => {
  const { breaker, fail } = aBreaker()
  fail(2)
  breaker.worked()
  fail(2)
  expect(breaker.mayTry()).toBe(true)
  fail(1)
  expect([breaker.mayTry(), breaker.isOpen()]).toEqual([false, true])
})

test('after the pause one attempt decides for all', () => {
  const { breaker, fail, pass } = aBreaker()
  fail(3)
  pass(100)
  expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, false])
  fail(1)
  expect(breaker.mayTry()).toBe(false)
  pass(100)
  expect(breaker.mayTry()).toBe(true)
  breaker.worked()
  expect([breaker.mayTry(), breaker.mayTry(), breaker.isOpen()]).toEqual([true, true, false])
})
