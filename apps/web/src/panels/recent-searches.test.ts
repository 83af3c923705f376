import { expect, test } from 'vitest'
import { createRecentSearches, type SearchStorage } from './recent-searches.ts'

function memory(): SearchStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

test('the latest are first, each once, at most eight, and outlast the page', () => {
  const storage = memory()
  const recent = createRecentSearches(storage, 'ada')
  for (let index = 0; index < 10; index += 1) recent.add(`word ${index}`)
  recent.add('  Word 5 ')
  recent.add('   ')
  expect(recent.words.current).toHaveLength(8)
  expect(recent.words.current.slice(0, 3)).toEqual(['Word 5', 'word 9', 'word 8'])
  expect(createRecentSearches(storage, 'ada').words.current).toEqual(recent.words.current)
})

test('they are one person’s, and can be forgotten', () => {
  const storage = memory()
  const recent = createRecentSearches(storage, 'ada')
  recent.add('boat')
  expect(createRecentSearches(storage, 'ben').words.current).toEqual([])
  recent.clear()
  expect(recent.words.current).toEqual([])
  expect(storage.values.size).toBe(0)
})

test('a storage that is broken or shut changes nothing but that', () => {
  const storage = memory()
  storage.setItem('parley.searches.ada', '{ not json')
  expect(createRecentSearches(storage, 'ada').words.current).toEqual([])
  const shut = (): never => {
    throw new Error('denied')
  }
  const recent = createRecentSearches({ getItem: shut, setItem: shut, removeItem: shut }, 'ada')
  recent.add('boat')
  expect(recent.words.current).toEqual(['boat'])
})
