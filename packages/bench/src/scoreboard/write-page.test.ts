import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { textOf } from './result-text.ts'
import type { ScenarioName, ScenarioResult } from './scenario.ts'
import { writePage, type Measured } from './write-page.ts'

const README = '# Parley\n\n<!-- scoreboard -->\nold\n<!-- end of scoreboard -->\n\nmore\n'
const around = {
  generators: [{ name: 'generator 1', cpuShare: 0.42, loopDelayP99Ms: 7.2 }],
  noise: { ownShare: 0.5, foreignShare: 0.03, stealShare: 0.01 },
}

const result = (name: ScenarioName, parley: string): ScenarioResult => ({
  name,
  title: `Title of ${name}`,
  load: 'Ten readers.',
  rows: [
    {
      metric: 'send to receive, p99',
      parley,
      socketIo: '9 ms',
      published: 'somebody 4 s',
      goal: 'below 3 s',
      isMet: name === 'jitter',
    },
  ],
  plots: [{ file: `scoreboard-${name}.svg`, alt: 'A plot', svg: `<svg>${parley}</svg>` }],
  figures: { parley: { latencyP99Ms: 1, gapP99Ms: Number.NaN }, 'socket-io': {} },
  circumstances: { parley: around, 'socket-io': around },
  whyVoid: [],
})

const measured: Measured = {
  at: '2026-01-02',
  commit: 'abc1234',
  machine: { cores: 2, processor: 'A processor', memoryGb: 8, system: 'Linux 6', node: 'v20' },
  command: 'npm run scoreboard -- --seed 7',
  seed: 7,
  scale: 1,
  generators: 2,
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-page-test-'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'README.md'), README)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test('the page has table, plots, machine, commit and command; the first page the short table', () => {
  writePage([result('jitter', '5 ms')], measured, root)
  const page = read('docs/scoreboard.md')
  expect(page).toContain('| send to receive, p99 | 5 ms | 9 ms | somebody 4 s | below 3 s, met |')
  expect(page).toContain('![A plot](images/scoreboard-jitter.svg)')
  expect(page).toContain('on 2026-01-02 at commit `abc1234`, on 2 cores (A processor)')
  expect(page).toContain('npm run scoreboard -- --seed 7')
  expect(page).toContain('generator 1 42 % of a core, 7 ms late')
  expect(read('docs/images/scoreboard-jitter.svg')).toBe('<svg>5 ms</svg>')
  const readme = read('README.md')
  expect(readme).toContain('| Title of jitter: send to receive, p99 | 5 ms | 9 ms | somebody 4 s |')
  expect(readme).not.toContain('old')
  expect(readme).toMatch(/^# Parley\n[\s\S]*\nmore\n$/u)
})

test('what is measured anew takes the place of what was there, and the rest stays', () => {
  writePage([result('throughput', '1 ms'), result('jitter', '5 ms')], measured, root)
  writePage([result('throughput', '2 ms')], { ...measured, commit: 'def5678' }, root)
  const page = read('docs/scoreboard.md')
  expect(page).toMatch(
    /Title of jitter[\s\S]*5 ms[\s\S]*abc1234[\s\S]*Title of throughput[\s\S]*2 ms[\s\S]*def5678/u,
  )
  expect(page).not.toContain('| 1 ms |')
  expect(page).toContain('below 3 s, **missed**')
})

test('a file of somebody else, and a first page without a place, are refused', () => {
  writeFileSync(join(root, 'docs/scoreboard.json'), '{"scenarios":[{}]}')
  expect(() => writePage([result('jitter', '5 ms')], measured, root)).toThrow(/delete it first/u)
  rmSync(join(root, 'docs/scoreboard.json'))
  writeFileSync(join(root, 'README.md'), '# Parley\n')
  expect(() => writePage([result('jitter', '5 ms')], measured, root)).toThrow(/no place/u)
})

test('of a void scenario no figure is shown', () => {
  const text = textOf({ ...result('jitter', '5 ms'), whyVoid: ['delivery is above 100 %'] })
  expect(text).toContain('VOID: delivery is above 100 %')
  expect(text).not.toContain('5 ms')
  expect(textOf(result('deploy', '5 ms'))).toContain('below 3 s, MISSED')
})
