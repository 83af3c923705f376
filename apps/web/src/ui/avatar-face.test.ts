import { expect, test } from 'vitest'
import { avatarColour, initialsOf } from './avatar-face.ts'

test.each([
  ['Anna Lee', 'AL'],
  ['  anna   maria lee ', 'AL'],
  ['Ben', 'B'],
  ['李雷', '李'],
  ['Élodie Ångström', 'ÉÅ'],
  ['#general', 'G'],
  ['👩‍👩‍👧 family', '👩‍👩‍👧'],
  ['Анна Ли', 'АЛ'],
  ['Room 7', 'R7'],
  ['', '?'],
  ['…', '?'],
])('%s is shown as %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})

test('a colour stays with its id, and all of them are used', () => {
  expect(avatarColour('u1')).toBe(avatarColour('u1'))
  const used = new Set(Array.from({ length: 200 }, (_, at) => avatarColour(`user-${at}`)))
  expect([...used].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})
