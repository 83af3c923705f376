import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** The first table below a heading of a page: its rows without the head. With `UPDATE_DOCS=1` they are written. */
export function keepTable(page: string, heading: string, expected: readonly string[]): void {
  const path = new URL(`../../${page}`, import.meta.url)
  const lines = readFileSync(path, 'utf8').split('\n')
  const start = lines.indexOf(heading)
  expect(start, `${heading} is a heading of ${page}`).toBeGreaterThanOrEqual(0)
  const separator = lines.findIndex((line, at) => at > start && /^\|[- |:]+$/u.test(line))
  const end = lines.findIndex((line, at) => at > separator && !line.startsWith('|'))
  if (process.env['UPDATE_DOCS'] === undefined) {
    expect(lines.slice(separator + 1, end)).toEqual(expected)
    return
  }
  lines.splice(separator + 1, end - separator - 1, ...expected)
  writeFileSync(path, lines.join('\n'))
}
