import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Report } from '../report.ts'
import type { ScenarioName } from '../scenario.ts'
import { plotsOf, putResults } from './results-page.ts'
import { readResults } from './stored-results.ts'
import { writeResults } from './write-results.ts'

const PAGE = '# Performance\n\n<!-- bench results -->\n<!-- end of bench results -->\n\n## More\n'

const report = (scenario: ScenarioName, figure: string, value = 7): Report => ({
  scenario,
  title: `Title of ${scenario}`,
  load: 'Ten connections.',
  tables: [
    { title: '', head: ['subject', 'a | b'], rows: [['parley', figure]], notes: ['* a note'] },
    { title: 'More', head: ['what'], rows: [['all']], notes: [] },
  ],
  plots: [
    {
      file: `performance-${scenario}.svg`,
      alt: 'A plot',
      chart: {
        title: `Plot of ${scenario}`,
        xLabel: 'bytes',
        bars: [{ name: 'parley', value, label: figure, series: 0 }],
      },
    },
  ],
  subjects: [{ name: 'parley', rssBytes: value } as Report['subjects'][number]],
  noise: { rounds: 2, noisyRounds: 1 },
  whyVoid: [],
  more: { levels: [] },
})

const measured = {
  at: '2026-01-02',
  commit: 'abc1234',
  machine: { cores: 2, processor: 'A processor', memoryGb: 8, system: 'Linux 6', node: 'v20' },
  command: 'npm run bench -- idle --clients 10',
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-results-test-'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs/performance.md'), PAGE)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test('the page has tables, plot, command, machine and noise, and what stood around stays', () => {
  expect(writeResults(report('idle', '24 KB'), measured, root)).toEqual([
    'docs/performance.json',
    'docs/performance.md',
    'docs/images/performance-idle.svg',
  ])
  const page = read('docs/performance.md')
  expect(page).toMatch(
    /^# Performance\n\n<!-- bench results -->\n\n## Results\n\n### Title of idle\n/u,
  )
  expect(page).toMatch(/\n<!-- end of bench results -->\n\n## More\n$/u)
  expect(page).toContain('\n| subject | a \\| b |\n|---|---|\n| parley | 24 KB |\n\n- \\* a note\n')
  expect(page).toContain('**More**\n\n| what |')
  expect(page).toContain('![A plot](images/performance-idle.svg)')
  expect(page).toContain('`npm run bench -- idle --clients 10`, on 2026-01-02 at commit `abc1234`')
  expect(page).toContain('a good part of the machine in 1 of 2 measurements.')
  const svg = read('docs/images/performance-idle.svg')
  expect(svg).toContain('24 KB')
  expect(svg).toContain('prefers-color-scheme:dark')
})

test('what is measured anew takes the place of what was there, in the order of the scenarios', () => {
  writeResults(report('scale', '1 B'), measured, root)
  writeResults(report('idle', '9 KB'), measured, root)
  writeResults(report('scale', '2 B'), { ...measured, commit: 'def5678' }, root)
  const page = read('docs/performance.md')
  expect(page).toMatch(/of idle[\s\S]*9 KB[\s\S]*abc1234[\s\S]*of scale[\s\S]*2 B[\s\S]*def5678/u)
  expect(page).not.toContain('1 B')
  expect(page.match(/## Results/gu)).toHaveLength(1)
})

test('page and plots can be made again of what is kept', () => {
  writeResults(report('idle', '–', Number.NaN), measured, root)
  const results = readResults(join(root, 'docs/performance.json'))
  expect(putResults(PAGE, results)).toBe(read('docs/performance.md'))
  expect(plotsOf(results)).toEqual([
    ['performance-idle.svg', read('docs/images/performance-idle.svg')],
  ])
  expect(putResults(read('docs/performance.md'), [])).toBe(PAGE)
})

test('a file of somebody else, and a page without a place, are refused', () => {
  writeFileSync(join(root, 'docs/performance.json'), '{"results":[{}]}')
  expect(() => writeResults(report('idle', '1'), measured, root)).toThrow(/delete it first/u)
  rmSync(join(root, 'docs/performance.json'))
  writeFileSync(join(root, 'docs/performance.md'), '# Performance\n')
  expect(() => writeResults(report('idle', '1'), measured, root)).toThrow(/no place/u)
})
