import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
// @boundaries-ignore what the calculator says is on its page
import {
  busSimulationRows,
  constantRows,
  exampleRows,
  variantRows,
} from '../../packages/bench/src/capacity/examples.ts'
import { keepTable } from './keep-table.ts'

const PAGE = 'docs/capacity.md'
const read = (page: string): string =>
  readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')

test('the worked examples are what the calculator says', () => {
  keepTable(PAGE, '## Worked examples', exampleRows())
  keepTable(PAGE, '### What moves it', variantRows())
})

test('the constants are those that it counts with', () => {
  keepTable(PAGE, '## Constants', constantRows())
})

test('the bus is what the simulation says', () => {
  keepTable(PAGE, '### The news bus', busSimulationRows())
})

test('metrics that are to be watched are there', () => {
  const named = [...read(PAGE).matchAll(/`((?:parley|nodejs)_\w+)`/gu)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(5)
  const metrics = read('docs/metrics.md')
  for (const name of named) expect(metrics).toContain(`\`${name}\``)
})
