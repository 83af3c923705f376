import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WindowStore } from './window-store.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a window counts until its end and begins anew', () => {
  const store = new WindowStore(1_000, 10)
  expect([store.increment('a'), store.increment('a')].map(({ totalHits }) => totalHits)).toEqual([
    1, 2,
  ])
  expect(store.increment('b').totalHits).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(store.increment('a').totalHits).toBe(1)
})

test('a flood of keys pushes out the oldest ones and costs no more memory', () => {
  const store = new WindowStore(60_000, 100)
  store.increment('first')
  for (let i = 0; i < 1_000; i += 1) store.increment(`key-${i}`)
  expect(store.increment('key-999').totalHits).toBe(2)
  expect(store.increment('first').totalHits).toBe(1)
})
