import { setMaxListeners } from 'node:events'
import { LaunchError } from '@parley/local-cluster'
import { whenAbandoned } from '../isolation/network-namespace.ts'
import { createProgress, type Progress } from './progress.ts'

export interface CommandPorts {
  readonly progress: Progress
  /** Somebody wants it to end; what there is by then is judged. */
  readonly signal: AbortSignal
  /** Told what to do when somebody does not want to wait. */
  readonly onKillNow: (killNow: () => void) => void
}

/** 0: every promise held. 1: one did not, or it could not be found out. 2: it was called in a wrong way. */
export async function runCommand(
  command: (ports: CommandPorts) => Promise<number>,
): Promise<number> {
  // Hundreds of devices, and all that they have asked for, wait for the same ends.
  setMaxListeners(0)
  const progress = createProgress()
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
  whenAbandoned(interrupt)
  try {
    const { signal } = interrupted
    return await command({ progress, signal, onKillNow: (now) => (killNow = now) })
  } catch (error) {
    progress.end()
    // A person reads a sentence; what was not foreseen keeps its stack.
    const isForeseen = error instanceof LaunchError
    process.stderr.write(`${isForeseen ? error.message : describe(error)}\n`)
    return isForeseen ? error.exitCode : 1
  } finally {
    progress.end()
    for (const signal of signals) process.off(signal, interrupt)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
