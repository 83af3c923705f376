// @vitest-environment happy-dom
import { useToday } from '@parley/react'
import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dayWords, shortWhen } from './time-words.ts'

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 4, 3, 23, 59, 50) }))
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const pass = (ms: number): void => act(() => void vi.advanceTimersByTime(ms))

test('a page that stays open over midnight calls yesterday what was today', () => {
  const said = new Date(2026, 4, 3, 23, 58)
  const { result } = renderHook(() => dayWords(said, useToday()))
  expect(result.current).toBe('Today')
  pass(60_000)
  expect(result.current).toBe('Yesterday')
})

test('the same on a device that slept, as soon as somebody looks', () => {
  const said = new Date(2026, 4, 3, 23, 58)
  const { result } = renderHook(() => shortWhen(said, useToday()))
  expect(result.current).toMatch(/58/u)
  vi.setSystemTime(new Date(2026, 4, 4, 8))
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
  expect(result.current).toMatch(/Sun/u)
})

test('nothing looks at the clock when nobody asks, and nothing is rendered before midnight', () => {
  let renders = 0
  const { unmount } = renderHook(() => {
    renders += 1
    return useToday()
  })
  vi.setSystemTime(new Date(2026, 4, 3, 9))
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
  pass(3_600_000)
  expect(renders).toBe(1)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})
