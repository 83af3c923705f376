import { expect, test } from 'vitest'
import { isPressed, parseKeys } from './shortcuts.ts'

const event = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

test('Mod is Command on a Mac and Ctrl elsewhere', () => {
  const keys = parseKeys('Mod+K')
  expect(isPressed(keys, event('k', { ctrlKey: true }), false)).toBe(true)
  expect(isPressed(keys, event('k', { metaKey: true }), false)).toBe(false)
  expect(isPressed(keys, event('k', { metaKey: true }), true)).toBe(true)
  expect(isPressed(keys, event('k', { ctrlKey: true }), true)).toBe(false)
  expect(isPressed(keys, event('k'), false)).toBe(false)
})

test('a shortcut without Shift is not the one with it', () => {
  const down = event('ArrowDown', { altKey: true })
  expect(isPressed(parseKeys('Alt+Down'), down, false)).toBe(true)
  expect(isPressed(parseKeys('Alt+Shift+Down'), down, false)).toBe(false)
  const shifted = { ...down, shiftKey: true }
  expect(isPressed(parseKeys('Alt+Down'), shifted, false)).toBe(false)
  expect(isPressed(parseKeys('Alt+Shift+Down'), shifted, false)).toBe(true)
})

test('a sign is taken however the keyboard makes it', () => {
  expect(isPressed(parseKeys('?'), event('?', { shiftKey: true }), false)).toBe(true)
  expect(isPressed(parseKeys('/'), event('/', { shiftKey: true }), false)).toBe(true)
  expect(isPressed(parseKeys('/'), event('/', { ctrlKey: true }), false)).toBe(false)
})
