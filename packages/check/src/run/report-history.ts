import { LaunchError } from '@parley/local-cluster'
import { checkHistory } from '../checks/check-history.ts'
import { readHistory } from '../history/read-history.ts'
import { CUT_OFF, printTable, summarise } from '../report/table.ts'
import { createTally, tallied } from '../report/tally.ts'
import { collectLines, printWindow } from '../report/window.ts'

/** Of one check; all are counted. */
const SHOWN = 5

/** Checks a history and says what it is. Answers the exit code. */
export async function reportHistory(
  path: string,
  { isJson }: { readonly isJson: boolean },
): Promise<number> {
  const tally = createTally()
  const results = await checkHistory(tallied(readHistory(path), tally))
  const shown = results.flatMap(({ violations }) => violations.slice(0, SHOWN))
  const lines = await collectLines(readHistory(path), shown)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  say(printTable(tally, results))
  for (const violation of shown) say(`\n${printWindow(violation, lines)}`)
  if (!tally.isWhole) say(`\n${CUT_OFF}`)
  if (isJson) say(JSON.stringify(summarise(tally, results)))
  if (results.some(({ found }) => found > 0)) return 1
  return tally.isWhole ? 0 : 2
}

/** A history that somebody names: what is none, or cannot be read, is a wrong call. */
export async function checkOnly(
  path: string,
  options: { readonly isJson: boolean },
): Promise<number> {
  try {
    return await reportHistory(path, options)
  } catch (cause) {
    if (!isOfFile(cause)) throw cause
    throw new LaunchError(cause.message, { exitCode: 2, cause })
  }
}

function isOfFile(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return error.name === 'HistoryError' || ['ENOENT', 'EISDIR', 'EACCES'].includes(code)
}

/** The last line of `--json` where there is nothing to sum up. */
export function reportError(seed: number | null, error: unknown): void {
  const says = error instanceof Error ? error.message : String(error)
  process.stdout.write(`${JSON.stringify({ seed, error: says })}\n`)
}
