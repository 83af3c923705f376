import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { boundOf, judge } from './bounds.ts'

const rising = (from: number, perHour: number, minutes = 60) =>
  Array.from({ length: minutes + 1 }, (_, minute) => ({
    atMs: minute * 60_000,
    value: from + (perHour * minute) / 60,
  }))
const says = (process: string, gauge: string, points: ReturnType<typeof rising>) =>
  judge(process, gauge, { before: 1, points }).says

test('what rises faster than its bound, and further than it may in all, grows', () => {
  expect(says('g1', 'heapMiB', rising(60, 12))).toBe('grows')
  expect(says('g1', 'heapMiB', rising(60, 3))).toBe('steady')
  expect(says('g1', 'sessions', rising(4, 6))).toBe('grows')
  expect(says('redis', 'lastingKeys', rising(10, 100))).toBe('grows')
  expect(says('database', 'connections', rising(20, 100))).toBe('grows')
})

test('a cache that fills in the first minutes is no leak, however steep', () => {
  expect(says('g1', 'heapMiB', rising(60, 60, 5))).toBe('steady')
})

test('what grows by design is shown and not judged; what is too short is said to be', () => {
  expect(says('database', 'tablesMiB', rising(1, 1_000))).toBe('not judged')
  expect(says('g1', 'heapMiB', rising(60, 1_000, 2))).toBe('too short')
})

test('docs/testing.md has the same bounds', () => {
  const page = readFileSync(new URL('../../../../docs/testing.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('## npm run soak')
  const rows = [...section.matchAll(/^\| (.*`.*) \| (\d+) \| (\d+) \|$/gmu)]
  expect(rows.length).toBeGreaterThan(10)
  for (const [row, names = '', anHour, inAll] of rows) {
    const process = /^(Redis|database):/u.exec(names)?.[1]?.toLowerCase() ?? 'g1'
    for (const [, gauge = ''] of names.matchAll(/`(\w+)`/gu)) {
      const said = { anHour: Number(anHour), inAll: Number(inAll) }
      expect(boundOf(process, gauge), row).toEqual(said)
    }
  }
})
