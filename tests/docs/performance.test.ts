import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
// @boundaries-ignore what was measured is on its page
import { plotsOf, putResults } from '../../packages/bench/src/bench/results/results-page.ts'
// @boundaries-ignore what was measured is on its page
import { readResults } from '../../packages/bench/src/bench/results/stored-results.ts'
// @boundaries-ignore all scenarios are on the page
import { SCENARIOS } from '../../packages/bench/src/bench/scenario.ts'

const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../../docs/${file}`, import.meta.url))
const read = (file: string): string => readFileSync(pathOf(file), 'utf8')
const results = readResults(pathOf('performance.json'))

test('results on the page, and their plots, are those that are kept', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) {
    writeFileSync(pathOf('performance.md'), putResults(read('performance.md'), results))
    for (const [file, svg] of plotsOf(results)) writeFileSync(pathOf(`images/${file}`), svg)
  }
  const page = read('performance.md')
  expect(putResults(page, results)).toBe(page)
  for (const [file, svg] of plotsOf(results)) expect(read(`images/${file}`), file).toBe(svg)
})

test('the page says what each scenario is', () => {
  const page = read('performance.md')
  for (const name of SCENARIOS) expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| `, 'mu'))
})
