import { describe, expect, test } from 'vitest'
import { createCheckWords } from './check-words.ts'
import type { WordEntry } from './match-words.ts'

const entry = (word: string, action: WordEntry['action']): WordEntry => ({
  word,
  mode: 'word',
  action,
  lookalikes: true,
})
const check = createCheckWords([
  entry('terrible', 'reject'),
  entry('bad', 'mask'),
  entry('odd', 'report'),
  entry('strange', 'report'),
])!

describe('a message', () => {
  test('without any of it is as it is', () => {
    expect(check('all is well', { a: ['b', 1, null] })).toBeUndefined()
    expect(check(undefined, undefined)).toBeUndefined()
  })
  test('is refused for one word, whatever else is in it', () => {
    expect(check(`${'bad '.repeat(5_000)} terrible`, undefined)).toEqual({ rejected: true })
    expect(check('bad', { a: { b: ['so terrible'] } })).toEqual({ rejected: true })
  })
  test('is masked, in its text and in its payload', () => {
    expect(check('a bad one', { title: 'BAD', n: 1, list: ['b a d', 'good'] })).toEqual({
      rejected: false,
      text: 'a *** one',
      payload: { title: '***', n: 1, list: ['* * *', 'good'] },
    })
    expect(check('fine', { bad: 'names of fields are not said' })).toBeUndefined()
  })
  test('is reported once, with the words', () => {
    expect(check('odd, odd and strange: bad', undefined)).toEqual({
      rejected: false,
      text: 'odd, odd and strange: ***',
      report: 'Word list: odd, strange',
    })
  })
})

test('an empty list checks nothing', () => {
  expect(createCheckWords([])).toBeUndefined()
})
