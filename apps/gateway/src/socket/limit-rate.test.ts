import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Session, type SessionSocket } from '../sessions/session.ts'
import { createRateLimit } from './limit-rate.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const socket = {} as SessionSocket
const sessionOf = (userId: string): Session => new Session(socket, { userId, expiresAtMs: 0 })
const passed = (take: (name: string) => number, name: string, times: number): number =>
  Array.from({ length: times }, () => take(name)).filter((waitMs) => waitMs === 0).length

test('writing is one budget of a user, over all their sockets and kinds of writing', () => {
  const limit = createRateLimit({ perSecond: 5, burst: 20 })
  const [phone, laptop, bob] = [sessionOf('ada'), sessionOf('ada'), sessionOf('bob')]
  const names = ['message:send', 'message:edit', 'message:delete']
  let count = 0
  for (let n = 0; n < 60; n += 1) {
    if (limit(n % 2 === 0 ? phone : laptop, names[n % 3] ?? '') === 0) count += 1
  }
  expect(count).toBe(20)
  expect(limit(sessionOf('ada'), 'message:send')).toBe(200)
  expect(limit(bob, 'message:send')).toBe(0)
  vi.advanceTimersByTime(1_000)
  expect(passed((name) => limit(phone, name), 'message:send', 20)).toBe(5)
})

test('reading is not paid from what one may write, nor the other way round', () => {
  const limit = createRateLimit({ perSecond: 5, burst: 20 })
  const ada = sessionOf('ada')
  passed((name) => limit(ada, name), 'message:send', 50)
  expect(limit(ada, 'sync')).toBe(0)
  expect(limit(ada, 'read:set')).toBe(0)
  expect(passed((name) => limit(ada, name), 'sync', 1_000)).toBeLessThan(100)
  expect(limit(ada, 'read:set')).toBe(0)
})

test('events that do not exist share one small budget, whatever they are called', () => {
  const limit = createRateLimit({ perSecond: 5, burst: 20 })
  const ada = sessionOf('ada')
  const free = Array.from({ length: 200 }, (_, n) => limit(ada, `made-up-${n}`)).filter(
    (ms) => ms === 0,
  )
  expect(free.length).toBeLessThan(30)
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(limit(ada, name)).toBeGreaterThan(0)
})
