import type { Violation } from '../checks/violation.ts'
import type { HistoryLine } from '../history/history-line.ts'
import { describeLine, seconds, timeOf, whoOf } from './describe-line.ts'

/** The lines that the violations name, from a second pass over the history. */
export async function collectLines(
  lines: AsyncIterable<HistoryLine> | Iterable<HistoryLine>,
  violations: readonly Violation[],
): Promise<Map<number, HistoryLine>> {
  const wanted = new Set(violations.flatMap((violation) => violation.lines))
  const found = new Map<number, HistoryLine>()
  if (wanted.size === 0) return found
  let number = 0
  for await (const line of lines) {
    number += 1
    if (wanted.has(number)) found.set(number, line)
    if (found.size === wanted.size) break
  }
  return found
}

/** A violation in words, and below it the lines that show it, in the order of time. */
export function printWindow(
  { check, says, lines: numbers }: Violation,
  lines: ReadonlyMap<number, HistoryLine>,
): string {
  const shown = numbers.map((number) => ({ number, line: lines.get(number) }))
  const lastOf = (line: HistoryLine | undefined): number =>
    line === undefined ? Infinity : (timeOf(line) ?? Infinity)
  shown.sort((a, b) => {
    const [before, after] = [lastOf(a.line), lastOf(b.line)]
    return before === after ? a.number - b.number : before - after
  })
  const width = Math.max(
    0,
    ...shown.map(({ line }) => (line === undefined ? 0 : whoOf(line).length)),
  )
  const rows = shown.map(({ number, line }) => {
    if (line === undefined) return `  line ${number}: not read`
    const atMs = timeOf(line)
    const when = (atMs === undefined ? 'end' : seconds(atMs)).padStart(11)
    return `  ${when}  ${whoOf(line).padEnd(width)}  ${describeLine(line)}  (line ${number})`
  })
  return [`${check}  ${says}`, ...rows].join('\n')
}
