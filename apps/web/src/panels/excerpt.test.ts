import { expect, test } from 'vitest'
import { excerptOf } from './excerpt.ts'

const words = (text: string, ranges: readonly (readonly [number, number])[]): string =>
  excerptOf(text, ranges)
    .map(({ text: piece, isMatch }) => (isMatch ? `[${piece}]` : piece))
    .join('')

test('what was looked for stands out, the rest is as it was said', () => {
  expect(words('The boat leaves at six', [[4, 8]])).toBe('The [boat] leaves at six')
  expect(
    words('boat boat', [
      [5, 9],
      [0, 4],
    ]),
  ).toBe('[boat] [boat]')
  expect(words('nothing', [])).toBe('nothing')
})

test('of a long text the part around the first match is shown', () => {
  const text = `${'word '.repeat(100)}boat ${'word '.repeat(100)}`
  const shown = words(text, [[500, 504]])
  expect(shown.startsWith('…word word')).toBe(true)
  expect(shown.endsWith('…')).toBe(true)
  expect(shown).toContain('[boat]')
  expect(shown.length).toBeLessThan(340)
})

test('ranges that overlap or lie outside lose and double nothing', () => {
  expect(
    words('abcdef', [
      [1, 4],
      [2, 5],
      [5, 99],
      [80, 90],
      [3, 3],
    ]),
  ).toBe('a[bcd][e][f]')
})

test('no character is cut in two', () => {
  const text = `${'🌸'.repeat(200)}boat`
  const shown = words(text, [[400, 404]])
  expect(shown).toContain('[boat]')
  expect(() => encodeURIComponent(shown)).not.toThrow()
  expect(() => encodeURIComponent(words('🌸'.repeat(200), []))).not.toThrow()
})

test('markup stays words', () => {
  const text = '<img src=x onerror=alert(1)>'
  expect(
    excerptOf(text, [[1, 4]])
      .map((part) => part.text)
      .join(''),
  ).toBe(text)
})
