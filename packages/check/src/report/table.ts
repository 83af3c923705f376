import type { CheckResult } from '../checks/check-options.ts'
import { CHECKS, type CheckId } from '../checks/violation.ts'
import type { FaultLine } from '../history/history-line.ts'
import { seconds } from './describe-line.ts'
import type { Tally } from './tally.ts'

/** Operations, faults and checks of a run, for people. */
export function printTable(tally: Tally, results: readonly CheckResult[]): string {
  const parts = [operationsTable(tally), faultsTable(tally.faults), checksTable(results)]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** Columns as wide as what stands in them; numbers, and what heads them, to the right. */
export function align(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, String(cell).length)
    })
  }
  const pad = (cell: string | number, at: number): string =>
    typeof cell === 'number' ? String(cell).padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

function operationsTable({ operations, deliveries }: Tally): string {
  const rows = [...operations].flatMap(([op, byVia]) =>
    [...byVia].map(([via, { ok, fail, info }]) => [op, via, ok, fail, info]),
  )
  const sorted = rows.toSorted((a, b) => (a.slice(0, 2).join() < b.slice(0, 2).join() ? -1 : 1))
  const handed = `${deliveries} events were handed to readers.`
  return sorted.length === 0
    ? handed
    : `${align([['operation', 'via', 'ok', 'fail', 'info'], ...sorted])}\n${handed}`
}

function faultsTable(faults: readonly FaultLine[]): string {
  if (faults.length === 0) return 'Nothing was broken on purpose.'
  const rows = faults.map(({ name, target, startedMs, endedMs }) => [
    name,
    target,
    seconds(startedMs),
    endedMs === null ? 'for good' : seconds(endedMs),
  ])
  return align([['fault', 'target', 'from', 'to'], ...rows])
}

function checksTable(results: readonly CheckResult[]): string {
  const rows = results.map(({ check, state, found, looked }) => [
    check,
    state === 'violated' ? `violated ${found}` : state.replace('-', ' '),
    looked,
  ])
  return align([['check', 'result', 'evidence'], ...rows])
}

/** What `--json` prints as its last line. */
export interface Summary {
  readonly seed: number | null
  readonly ops: number
  readonly acked: number
  readonly delivered: number
  readonly faults: number
  readonly violations: Readonly<Record<CheckId, number>>
  /** Those that had nothing to look at: their 0 says nothing. */
  readonly notChecked: readonly CheckId[]
  /** Why this is not the whole of it. */
  readonly error?: string
}

/** What is said of a history without its last line: what did not hold does not, and the rest is not known. */
export const CUT_OFF = "The history has no mark 'end': the run was broken off, or the file was cut."

export function summarise(tally: Tally, results: readonly CheckResult[]): Summary {
  const found = new Map(results.map((result) => [result.check, result.found]))
  const idle = results.filter(({ state }) => state === 'not-checked')
  return {
    seed: tally.run?.seed ?? null,
    ops: countOperations(tally),
    acked: tally.acked,
    delivered: tally.deliveries,
    faults: tally.faults.length,
    violations: Object.fromEntries(CHECKS.map((check) => [check, found.get(check) ?? 0])) as Record<
      CheckId,
      number
    >,
    notChecked: idle.map(({ check }) => check),
    ...(!tally.isWhole && { error: CUT_OFF }),
  }
}

function countOperations({ operations }: Tally): number {
  let count = 0
  for (const byVia of operations.values()) {
    for (const { ok, fail, info } of byVia.values()) count += ok + fail + info
  }
  return count
}
