import { afterEach, expect, test, vi } from 'vitest'
import { watchPageIdle } from './page-idle.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a program without a page is never idle', () => {
  const told: boolean[] = []
  watchPageIdle((isIdle) => told.push(isIdle))()
  expect(told).toEqual([])
})

test('a page is idle when it is hidden, or untouched for five minutes', () => {
  vi.useFakeTimers()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const window = new EventTarget()
  vi.stubGlobal('document', document)
  vi.stubGlobal('window', window)
  const told: boolean[] = []
  const end = watchPageIdle((isIdle) => told.push(isIdle))
  vi.advanceTimersByTime(4 * 60_000)
  window.dispatchEvent(new Event('keydown'))
  vi.advanceTimersByTime(4 * 60_000)
  expect(told).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([true])
  window.dispatchEvent(new Event('pointermove'))
  expect(told).toEqual([true, false])
  document.visibilityState = 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('pointermove'))
  expect(told).toEqual([true, false, true])
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  expect(told).toEqual([true, false, true, false])
  end()
  expect(vi.getTimerCount()).toBe(0)
})

test('a clock that is set back does not keep a page from being idle', () => {
  vi.useFakeTimers()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', document)
  vi.stubGlobal('window', new EventTarget())
  const told: boolean[] = []
  const end = watchPageIdle((isIdle) => told.push(isIdle))
  vi.setSystemTime(Date.now() - 3_600_000)
  vi.advanceTimersByTime(10 * 60_000)
  expect(told).toEqual([true])
  end()
})
