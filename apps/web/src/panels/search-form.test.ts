import { expect, test } from 'vitest'
import { EMPTY_FORM, filterCount, searchQuery } from './search-form.ts'

const ada = { id: 'ada', displayName: 'Ada', username: 'ada', avatarUrl: null }

test('nothing is asked for before there are words, a person, files or links', () => {
  expect(searchQuery(EMPTY_FORM, 'r')).toBeNull()
  expect(searchQuery({ ...EMPTY_FORM, words: '  ' }, 'r')).toBeNull()
  expect(searchQuery({ ...EMPTY_FORM, since: '2026-05-03' }, 'r')).toBeNull()
  expect(searchQuery({ ...EMPTY_FORM, hasLink: true }, 'r')).toEqual({
    q: '',
    roomId: 'r',
    has: ['link'],
  })
})

test('it is looked for in this room, or in all of mine', () => {
  const form = { ...EMPTY_FORM, words: ' boat ', from: ada }
  expect(searchQuery(form, 'r')).toEqual({ q: 'boat', roomId: 'r', from: 'ada' })
  expect(searchQuery({ ...form, isEverywhere: true }, 'r')).toEqual({ q: 'boat', from: 'ada' })
})

test('days are those of the reader, from their beginning to the end of the last one', () => {
  const form = { ...EMPTY_FORM, words: 'boat', since: '2026-02-27', until: '2026-02-28' }
  expect(searchQuery(form, 'r')).toMatchObject({
    after: new Date(2026, 1, 27).toISOString(),
    before: new Date(2026, 2, 1).toISOString(),
  })
  const half = { ...EMPTY_FORM, words: 'boat', since: '2026-0' }
  expect(searchQuery(half, 'r')).toEqual({ q: 'boat', roomId: 'r' })
})

test('words that the server would refuse as too long are cut', () => {
  expect(searchQuery({ ...EMPTY_FORM, words: 'x'.repeat(500) }, 'r')?.q).toHaveLength(400)
})

test('a span of days counts as one filter', () => {
  expect(filterCount(EMPTY_FORM)).toBe(0)
  const form = { ...EMPTY_FORM, from: ada, hasFile: true, since: '2026-01-01', until: '2026-01-02' }
  expect(filterCount(form)).toBe(3)
})
