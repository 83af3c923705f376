import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LaunchError, REPOSITORY } from '@parley/local-cluster'
import { z } from 'zod'
import { Machine } from '../machine/describe-machine.ts'
import { SCENARIOS, type ScenarioResult } from './scenario.ts'
import { pageOf, tableOf } from './page.ts'

/** Where, when and how something was measured. */
export interface Measured {
  readonly at: string
  readonly commit: string
  readonly machine: Machine
  readonly command: string
  readonly seed: number
  readonly scale: number
  readonly generators: number
}

const Share = z.object({ stealShare: z.number(), foreignShare: z.number(), ownShare: z.number() })
const Load = z.object({ name: z.string(), cpuShare: z.number(), loopDelayP99Ms: z.number() })
const Around = z.object({ generators: z.array(Load), noise: Share })
const cells = {
  metric: z.string(),
  parley: z.string(),
  socketIo: z.string(),
  published: z.string(),
}

/** What is kept of a scenario beside its plots, so that another can be measured anew by itself. */
const StoredScenario = z.object({
  name: z.enum(SCENARIOS),
  title: z.string(),
  load: z.string(),
  rows: z.array(z.object({ ...cells, goal: z.string().nullable(), isMet: z.boolean().nullable() })),
  plots: z.array(z.object({ file: z.string(), alt: z.string() })),
  figures: z.record(z.string(), z.record(z.string(), z.number().nullable())),
  circumstances: z.object({ parley: Around, 'socket-io': Around }),
  measured: z.object({
    at: z.string(),
    commit: z.string(),
    machine: Machine,
    command: z.string(),
    seed: z.number(),
    scale: z.number(),
    generators: z.number(),
  }),
})
export type StoredScenario = z.infer<typeof StoredScenario>

const Stored = z.object({ scenarios: z.array(StoredScenario) })

const DATA = 'docs/scoreboard.json'
const PAGE = 'docs/scoreboard.md'
const README = 'README.md'
const IMAGES = 'docs/images'

/** Writes what was measured beside what is there of the others; answers the names of the files. */
export function writePage(
  results: readonly ScenarioResult[],
  measured: Measured,
  root = REPOSITORY,
): string[] {
  const fresh = results.map((result) => StoredScenario.parse(toStored(result, measured)))
  const before = readStored(join(root, DATA))
  const scenarios = SCENARIOS.flatMap(
    (name) => [...fresh, ...before].find((scenario) => scenario.name === name) ?? [],
  )
  const files: [string, string][] = [
    [DATA, `${JSON.stringify({ scenarios }, null, 2)}\n`],
    [PAGE, pageOf(scenarios)],
    ...results.flatMap(({ plots }) =>
      plots.map(({ file, svg }): [string, string] => [`${IMAGES}/${file}`, svg]),
    ),
    [README, putTable(readFileSync(join(root, README), 'utf8'), tableOf(scenarios))],
  ]
  mkdirSync(join(root, IMAGES), { recursive: true })
  for (const [file, text] of files) writeFileSync(join(root, file), text)
  return files.map(([file]) => file)
}

/** JSON knows no NaN: what could not be measured is null. */
const toStored = ({ whyVoid: _, plots, ...result }: ScenarioResult, measured: Measured): unknown =>
  JSON.parse(
    JSON.stringify({ ...result, plots: plots.map(({ file, alt }) => ({ file, alt })), measured }),
  )

function readStored(path: string): readonly StoredScenario[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  try {
    return Stored.parse(JSON.parse(text)).scenarios
  } catch (cause) {
    throw new LaunchError(`${path} is not what this program has written; delete it first.`, {
      cause,
    })
  }
}

const TABLE = /(<!-- scoreboard -->\n)[\s\S]*?(<!-- end of scoreboard -->)/u

function putTable(readme: string, table: string): string {
  if (!TABLE.test(readme)) throw new LaunchError(`${README} has no place for the table.`)
  return readme.replace(TABLE, (_, begin: string, end: string) => `${begin}${table}${end}`)
}
