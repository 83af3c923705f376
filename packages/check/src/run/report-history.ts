import { checkHistory } from '../checks/check-history.ts'
import { readHistory } from '../history/read-history.ts'
import { printTable, summarise } from '../report/table.ts'
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
  if (isJson) say(JSON.stringify(summarise(tally, results)))
  return results.some(({ found }) => found > 0) ? 1 : 0
}
