import { expect, test } from 'vitest'
import { mentionedNames } from './mentioned-names.ts'

test('finds names that are called, also between Chinese characters and before a full stop', () => {
  expect(mentionedNames('Ask @Bob, @meilin. Or @bob?')).toEqual(['bob', 'meilin'])
  expect(mentionedNames('请问，@xiaoyu 在吗')).toEqual(['xiaoyu'])
})

test('an address of mail calls nobody', () => {
  expect(mentionedNames('write to team@example.org')).toEqual([])
})
