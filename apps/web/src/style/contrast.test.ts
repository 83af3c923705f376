import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

type Theme = 'light' | 'dark'

/** The colour of a token, as `#rrggbb`. */
function colour(token: string, theme: Theme): string {
  const found = new RegExp(`--${token}:\\s*light-dark\\((#\\w{6}), (#\\w{6})\\)`, 'u').exec(css)
  const value = found?.[theme === 'light' ? 1 : 2]
  if (value === undefined) throw new Error(`tokens.css has no colour --${token}`)
  return value
}

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const SURFACES = ['canvas', 'sunken', 'raised', 'hover', 'field']
const WORDS = ['text', 'text-secondary', 'text-tertiary', 'link', 'accent-text', 'danger-text']
const across = (tokens: string[], surfaces: string[]): [string, string][] =>
  tokens.flatMap((token) => surfaces.map((surface): [string, string] => [token, surface]))

const READ: [string, string][] = [
  ...across(WORDS, SURFACES),
  ...across(['text', 'text-secondary', 'accent-text'], ['selected', 'accent-soft', 'pressed']),
  ['text-tertiary', 'pressed'],
  ...across(['text', 'danger-text'], ['danger-soft']),
  ...across(['text', 'warning-text'], ['warning-soft']),
  ...across(['text', 'success-text'], ['success-soft']),
  ...across(['text', 'mention-text', 'text-secondary'], ['mention-soft']),
  ...across(
    ['text-on-accent'],
    ['accent', 'accent-hover', 'accent-pressed', 'danger', 'danger-hover', 'success'],
  ),
  ...across(['success-text', 'warning-text'], ['canvas', 'raised']),
]

const SEEN: [string, string][] = [
  ...across(['icon', 'border-strong', 'focus', 'accent'], ['canvas', 'sunken', 'raised']),
  ...across(['icon'], ['hover', 'pressed', 'selected']),
  ...across(
    ['presence-online', 'presence-away', 'presence-dnd', 'presence-offline'],
    ['canvas', 'sunken', 'raised'],
  ),
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(READ)('words in %s can be read on %s', (words, surface) => {
    expect(contrast(colour(words, theme), colour(surface, theme))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(SEEN)('signs in %s can be seen on %s', (sign, surface) => {
    expect(contrast(colour(sign, theme), colour(surface, theme))).toBeGreaterThanOrEqual(3)
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('white letters can be read on avatar %i', (at) => {
    expect(contrast('#ffffff', colour(`avatar-${at}`, theme))).toBeGreaterThanOrEqual(4.5)
  })
})
