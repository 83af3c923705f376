import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgress, LaunchError, readUsage, type Progress } from '@parley/local-cluster'
import { refuseOtherSystems } from '../machine/describe-machine.ts'
import type { Subject } from '../subjects/subject.ts'
import { commandOf, parseFlags, type Flags } from './flags.ts'
import { measureScenario } from './measure-scenario.ts'
import { measuredNow, toJson } from './report-json.ts'
import { textOf } from './report-text.ts'
import { writeResults } from './results/write-results.ts'
import type { ScenarioName } from './scenario.ts'
import type { Stage } from './stage.ts'

process.exitCode = await bench(process.argv.slice(2))

/** 0: measured. 1: something was void, or could not be measured. 2: it was called in a wrong way. */
async function bench(args: readonly string[]): Promise<number> {
  const progress = createProgress()
  try {
    const flags = parseFlags(args)
    if (flags.isHelp || flags.scenario === undefined) {
      process.stdout.write(`${readUsage('bench')}\n`)
      return 0
    }
    refuseOtherSystems()
    return await run(flags, flags.scenario, progress)
  } catch (error) {
    progress.fail()
    // A person reads a sentence; what was not foreseen keeps its stack.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${error instanceof LaunchError ? error.message : stack}\n`)
    return error instanceof LaunchError ? error.exitCode : 1
  }
}

async function run(flags: Flags, scenario: ScenarioName, progress: Progress): Promise<number> {
  const report = await inFolder(flags, progress, (stage) => measureScenario(scenario, flags, stage))
  progress.done()
  process.stdout.write(`${textOf(report)}\n`)
  const isVoid = report.whyVoid.length > 0
  const measured = measuredNow()
  if (flags.isWritten && isVoid) progress.note('Nothing was written: it is void.')
  else if (flags.isWritten) {
    const files = writeResults(report, { ...measured, command: commandOf(flags) })
    progress.note(`Written: ${files.join(', ')}`)
  }
  if (flags.isJson) process.stdout.write(`${JSON.stringify(toJson(report, measured))}\n`)
  return isVoid ? 1 : 0
}

/** In a folder of its own, which goes with it, also when it is interrupted. */
async function inFolder<Result>(
  { isKept }: Flags,
  progress: Progress,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  const interrupted = new AbortController()
  let running: Subject | null = null
  const interrupt = (): void => {
    running?.killNow()
    interrupted.abort()
    try {
      if (!isKept) rmSync(dir, { recursive: true, force: true })
    } finally {
      // What is being killed may still write into its folder.
      process.exit(130)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, interrupt)
  try {
    const onSubject = (subject: Subject | null): void => void (running = subject)
    return await work({ dir, isKept, signal: interrupted.signal, onSubject, say: progress.step })
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
    if (isKept) progress.note(`Logs: ${dir}`)
    else rmSync(dir, { recursive: true, force: true })
  }
}
