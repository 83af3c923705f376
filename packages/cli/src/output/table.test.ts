import { expect, test } from 'vitest'
import { paint, wantsColour } from './paint.ts'
import { fields, plain, table } from './table.ts'

test('columns are as wide as what is in them, and empty cells are seen', () => {
  expect(
    table(
      ['id', 'name'],
      [
        ['a', 'Ada'],
        ['longer', null],
      ],
    ),
  ).toBe('id      name\na       Ada\nlonger  –\n')
})

test('signs of two columns count as two', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['你好', 1],
        ['ada', 2],
      ],
    ),
  ).toBe('name  n\n你好  1\nada   2\n')
})

test('fields stand under one another', () => {
  expect(fields({ id: 'a', members: 2 })).toBe('id       a\nmembers  2\n')
})

test('what a user is called moves no cursor and starts no line', () => {
  expect(plain('a\u001B[2J\nb\u202Ec')).toBe(String.raw`a\u001b[2J\u000ab\u202ec`)
})

test('colours are for terminals of people who want them', () => {
  expect(wantsColour({ isTerminal: true, env: {} })).toBe(true)
  expect(wantsColour({ isTerminal: false, env: {} })).toBe(false)
  expect(wantsColour({ isTerminal: true, env: { NO_COLOR: '1' } })).toBe(false)
  expect(wantsColour({ isTerminal: true, env: { TERM: 'dumb' } })).toBe(false)
  expect(paint('no', 'red', false)).toBe('no')
  expect(paint('no', 'red', true)).toContain('\u001B[31m')
})
