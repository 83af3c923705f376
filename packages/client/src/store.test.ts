import { expect, test } from 'vitest'
import { createStore, waitFor } from './store.ts'

test('a listener hears of changes until it is ended, and of nothing that is the same', () => {
  const store = createStore(1)
  let heard = 0
  const end = store.subscribe(() => (heard += 1))
  store.set(2)
  store.set(2)
  end()
  store.set(3)
  expect([heard, store.current]).toEqual([1, 3])
})

test('the same function given twice is called twice, and ended once each', () => {
  const store = createStore(1)
  let heard = 0
  const listener = (): void => void (heard += 1)
  const end = store.subscribe(listener)
  store.subscribe(listener)
  store.set(2)
  end()
  store.set(3)
  expect(heard).toBe(3)
})

test('waits for a value, or answers the one that is there', async () => {
  const store = createStore(1)
  const waited = waitFor(store, (value) => value > 1)
  store.set(2)
  await expect(waited).resolves.toBe(2)
  await expect(waitFor(store, (value) => value === 2)).resolves.toBe(2)
})

test('waits no longer than it may', async () => {
  const store = createStore(1)
  const stop = new AbortController()
  const waited = waitFor(store, (value) => value > 1, { signal: stop.signal })
  stop.abort(new Error('enough'))
  store.set(2)
  await expect(waited).rejects.toThrow('enough')
  const signal = AbortSignal.abort(new Error('before'))
  await expect(waitFor(store, (value) => value > 9, { signal })).rejects.toThrow('before')
})
