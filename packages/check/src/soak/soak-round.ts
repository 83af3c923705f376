import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '@parley/local-cluster'
import { checkHistory } from '../checks/check-history.ts'
import type { CheckResult } from '../checks/check-options.ts'
import { readHistory } from '../history/read-history.ts'
import { summarise, type Summary } from '../report/table.ts'
import { createTally, tallied } from '../report/tally.ts'
import { collectLines, printWindow } from '../report/window.ts'
import type { Progress } from '../run/progress.ts'
import { recordRun } from '../run/record-run.ts'
import type { SoakFlags } from './soak-flags.ts'

export interface RoundOptions {
  readonly flags: SoakFlags
  readonly nth: number
  readonly durationS: number
  readonly cluster: Cluster
  readonly dir: string
  readonly progress: Pick<Progress, 'step' | 'follow' | 'note'>
  readonly signal: AbortSignal
}

export interface Round {
  readonly summary: Summary
  /** What did not hold, with its lines. */
  readonly windows: readonly string[]
}

const ROOMS = 5
const QUIET_WAIT_S = 30
/** Of one check. */
const SHOWN = 3

/**
 * New people and rooms, talk, and all checks over it. Only what was wrong is kept: nothing of one round is in
 * the memory of the next, nor on the disk.
 */
export async function playRound(options: RoundOptions): Promise<Round> {
  const { flags, nth, durationS, cluster, dir, progress, signal } = options
  const path = join(dir, `round-${nth}.jsonl`)
  const { clients, rate } = flags
  // Each round is another one, and the seed tells which.
  const seed = (flags.seed + nth) % 2 ** 31
  await recordRun({
    flags: {
      faults: ['none'],
      durationS,
      clients,
      rooms: ROOMS,
      rate,
      seed,
      quietWaitS: QUIET_WAIT_S,
    },
    target: { url: cluster.url, cluster, ways: undefined },
    breaking: { planned: [] },
    progress,
    signal,
    path,
  })
  const tally = createTally()
  const results = await checkHistory(tallied(readHistory(path), tally))
  const windows = await windowsOf(path, results)
  if (!(flags.isKept && windows.length > 0)) rmSync(path)
  return { summary: summarise(tally, results), windows }
}

async function windowsOf(path: string, results: readonly CheckResult[]): Promise<string[]> {
  const violations = results.flatMap((result) => result.violations.slice(0, SHOWN))
  if (violations.length === 0) return []
  const lines = await collectLines(readHistory(path), violations)
  return violations.map((violation) => printWindow(violation, lines))
}
