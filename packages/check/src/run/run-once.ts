import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { canProbe, createProbe } from '../gauges/create-probe.ts'
import { wrong, type Flags } from './flags.ts'
import type { Breaking } from './plan-breaking.ts'
import type { Progress } from './progress.ts'
import { recordRun } from './record-run.ts'
import { reportHistory } from './report-history.ts'
import { startTarget, type Target } from './start-target.ts'

export interface RunOnceOptions {
  readonly flags: Flags
  readonly breaking: Breaking
  readonly progress: Progress
  /** Ends the load; what there is by then is checked. */
  readonly signal: AbortSignal
  readonly onTarget: (target: Target) => void
}

/** Starts what is tested, talks and breaks, waits, reads, checks. Answers the exit code. */
export async function runOnce(options: RunOnceOptions): Promise<number> {
  const { flags, breaking, progress, signal, onTarget } = options
  // Found out now, and not when a cluster has been started for it.
  if (flags.history !== undefined && !existsSync(dirname(resolve(flags.history))))
    throw wrong(`--history names a file in a folder that is not there: '${flags.history}'.`)
  progress.note(`seed ${flags.seed}`)
  if (breaking.leftOut.length > 0)
    progress.note(`Left out, as it needs Linux, root, nft and ip: ${breaking.leftOut.join(', ')}`)
  const target = await startTarget(flags, breaking, progress, signal)
  onTarget(target)
  const path = resolve(flags.history ?? join(target.dir, 'history.jsonl'))
  try {
    const { cluster } = target
    const probe = cluster === undefined || !canProbe() ? undefined : createProbe(cluster)
    await recordRun({ flags, target, breaking, progress, signal, path, probe })
    progress.step('Checking')
    const exitCode = await reportHistory(path, { isJson: flags.isJson })
    if (exitCode !== 0 && !flags.isKept && flags.history === undefined)
      progress.note(`Again, and to keep the history: npm run verify -- --seed ${flags.seed} --keep`)
    return exitCode
  } finally {
    progress.step('Stopping')
    await target.stop()
  }
}
