import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '@parley/local-cluster'
import type { MeasuredAt } from '../report-json.ts'
import type { Report } from '../report.ts'
import { SCENARIOS } from '../scenario.ts'
import { plotsOf, putResults } from './results-page.ts'
import { readResults, StoredResult } from './stored-results.ts'

const DATA = 'docs/performance.json'
const PAGE = 'docs/performance.md'
const IMAGES = 'docs/images'

/** Writes what was measured beside what is there of the other scenarios; answers the names of the files. */
export function writeResults(
  report: Report,
  measured: MeasuredAt & { readonly command: string },
  root = REPOSITORY,
): string[] {
  const { whyVoid: _, more: _more, ...shown } = report
  const fresh = StoredResult.parse(JSON.parse(JSON.stringify({ ...shown, measured })))
  const all = [fresh, ...readResults(join(root, DATA))]
  const results = SCENARIOS.flatMap((name) => all.find(({ scenario }) => scenario === name) ?? [])
  const page = putResults(readFileSync(join(root, PAGE), 'utf8'), results)
  const files: [string, string][] = [
    [DATA, `${JSON.stringify({ results }, null, 2)}\n`],
    [PAGE, page],
    ...plotsOf(results).map(([file, svg]): [string, string] => [`${IMAGES}/${file}`, svg]),
  ]
  mkdirSync(join(root, IMAGES), { recursive: true })
  for (const [file, text] of files) writeFileSync(join(root, file), text)
  return files.map(([file]) => file)
}
