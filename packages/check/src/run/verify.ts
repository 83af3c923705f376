import { LaunchError, readUsage } from '@parley/local-cluster'
import { faultList } from '../faults/fault-table.ts'
import { parseFlags, type Flags } from './flags.ts'
import { createProgress } from './progress.ts'
import { reportHistory } from './report-history.ts'
import { runOnce } from './run-once.ts'

process.exitCode = await verify(process.argv.slice(2))

/** 0: every promise held. 1: one did not, or it could not be found out. 2: it was called in a wrong way. */
async function verify(args: readonly string[]): Promise<number> {
  const progress = createProgress()
  try {
    const flags = parseFlags(args)
    if (flags.isHelp) {
      process.stdout.write(`${readUsage('verify')}\n`)
      return 0
    }
    if (flags.faults.includes('list')) {
      process.stdout.write(`${faultList()}\n`)
      return 0
    }
    if (flags.checkOnly !== undefined) {
      progress.step(`Checking ${flags.checkOnly}`)
      return await reportHistory(flags.checkOnly, { isJson: flags.isJson })
    }
    return await run(flags, progress)
  } catch (error) {
    progress.end()
    // A person reads a sentence; what was not foreseen keeps its stack.
    const isForeseen = error instanceof LaunchError || isOfFile(error)
    process.stderr.write(`${isForeseen ? error.message : describe(error)}\n`)
    if (error instanceof LaunchError) return error.exitCode
    return isForeseen ? 2 : 1
  } finally {
    progress.end()
  }
}

async function run(flags: Flags, progress: ReturnType<typeof createProgress>): Promise<number> {
  const interrupted = new AbortController()
  let killNow = (): void => undefined
  const interrupt = (): void => {
    if (interrupted.signal.aborted) {
      killNow()
      process.exit(130)
    }
    progress.note('Ending; what there is will be checked (again: stops at once)')
    interrupted.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    return await runOnce({
      flags,
      progress,
      signal: interrupted.signal,
      onTarget: (target) => (killNow = target.killNow),
    })
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}

/** A history that is not one, or a file that cannot be read. */
function isOfFile(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return error.name === 'HistoryError' || ['ENOENT', 'EISDIR', 'EACCES'].includes(code)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
