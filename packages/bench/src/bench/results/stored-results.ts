import { readFileSync } from 'node:fs'
import { LaunchError } from '@parley/local-cluster'
import { z } from 'zod'
import { Machine } from '../../machine/describe-machine.ts'
import { SCENARIOS } from '../scenario.ts'

const Table = z.object({
  title: z.string(),
  head: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  notes: z.array(z.string()),
})

const Bar = z.object({
  name: z.string(),
  // JSON knows no NaN: what could not be measured is null.
  value: z.number().nullable(),
  label: z.string(),
  series: z.number(),
})

const Plot = z.object({
  file: z.string().regex(/^performance-[a-z0-9-]+\.svg$/u),
  alt: z.string(),
  chart: z.object({ title: z.string(), xLabel: z.string(), bars: z.array(Bar) }),
})

/** What is kept of a scenario: the page and its plots are made of nothing else. */
export const StoredResult = z.object({
  scenario: z.enum(SCENARIOS),
  title: z.string(),
  load: z.string(),
  tables: z.array(Table),
  plots: z.array(Plot),
  noise: z.object({ rounds: z.number(), noisyRounds: z.number() }),
  measured: z.object({
    at: z.string(),
    commit: z.string(),
    machine: Machine,
    command: z.string(),
  }),
  /** The figures as numbers, for whoever computes with them. */
  subjects: z.array(z.looseObject({ name: z.string() })),
})
export type StoredResult = z.infer<typeof StoredResult>

const Stored = z.object({ results: z.array(StoredResult) })

/** None if nothing was written yet. */
export function readResults(path: string): readonly StoredResult[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  try {
    return Stored.parse(JSON.parse(text)).results
  } catch (cause) {
    throw new LaunchError(`${path} is not what this program has written; delete it first.`, {
      cause,
    })
  }
}
