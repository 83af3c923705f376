import { expect, test } from 'vitest'
import { createMemoryStorage, orInMemory } from './saved-sign-in.ts'

function fullStorage() {
  const storage = createMemoryStorage()
  let isFull = true
  const full = {
    ...storage,
    setItem(key: string, value: string) {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      storage.setItem(key, value)
    },
  }
  return { full, storage, free: () => (isFull = false) }
}

test('what does not fit is kept in the page, and written when there is room', () => {
  const { full, storage, free } = fullStorage()
  storage.setItem('session', 'old')
  const kept = orInMemory(full)
  expect(kept.getItem('session')).toBe('old')
  kept.setItem('session', 'new')
  expect(kept.getItem('session')).toBe('new')
  expect(storage.getItem('session')).toBe('old')
  free()
  kept.setItem('session', 'newer')
  expect(kept.getItem('session')).toBe('newer')
  expect(storage.getItem('session')).toBe('newer')
})

test('what another page has written or taken away since is what counts', () => {
  const { full, storage } = fullStorage()
  const kept = orInMemory(full)
  kept.setItem('session', 'mine')
  storage.setItem('session', 'of another')
  expect(kept.getItem('session')).toBe('of another')
  storage.removeItem('session')
  expect(kept.getItem('session')).toBeNull()
  kept.setItem('session', 'mine again')
  kept.removeItem('session')
  expect(kept.getItem('session')).toBeNull()
})
