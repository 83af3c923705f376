import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgress, LaunchError, readUsage, type Progress } from '@parley/local-cluster'
import { describeCommit, describeMachine, refuseOtherSystems } from '../machine/describe-machine.ts'
import type { Peer } from '../peers/peer.ts'
import { commandOf, parseFlags, type Flags } from './flags.ts'
import { textOf } from './result-text.ts'
import { runScenario } from './run-scenario.ts'
import type { ScenarioResult } from './scenario.ts'
import { writePage, type Measured } from './write-page.ts'

process.exitCode = await scoreboard(process.argv.slice(2))

/** 0: measured. 1: something was void, or could not be measured. 2: it was called in a wrong way. */
async function scoreboard(args: readonly string[]): Promise<number> {
  const progress = createProgress()
  try {
    const flags = parseFlags(args)
    if (flags.isHelp) {
      process.stdout.write(`${readUsage('scoreboard')}\n`)
      return 0
    }
    refuseOtherSystems()
    return await run(flags, progress)
  } catch (error) {
    progress.fail()
    // A person reads a sentence; what was not foreseen keeps its stack.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${error instanceof LaunchError ? error.message : stack}\n`)
    return error instanceof LaunchError ? error.exitCode : 1
  }
}

async function run(flags: Flags, progress: Progress): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-scoreboard-'))
  const interrupted = new AbortController()
  let running: Peer | null = null
  const tidy = (): void => {
    if (flags.isKept) progress.note(`Logs: ${dir}`)
    else rmSync(dir, { recursive: true, force: true })
  }
  const interrupt = (): void => {
    // Clusters end with this process, generators when they hear no more of it.
    running?.killNow()
    interrupted.abort()
    try {
      tidy()
    } finally {
      // What is being killed may still write into its folder.
      process.exit(130)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, interrupt)
  try {
    const context = { ...flags, say: progress.step }
    const stage = {
      dir,
      isKept: flags.isKept,
      signal: interrupted.signal,
      onPeer: (peer: Peer | null) => void (running = peer),
    }
    const results: ScenarioResult[] = []
    progress.note(
      `seed ${flags.seed}, scale ${flags.scale}, ${flags.generators} processes of readers`,
    )
    for (const name of flags.only) {
      const result = await runScenario(name, context, stage)
      results.push(result)
      progress.done()
      process.stdout.write(`${textOf(result)}\n`)
    }
    return report(flags, results, progress)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
    tidy()
  }
}

function report(flags: Flags, results: readonly ScenarioResult[], progress: Progress): number {
  const measured: Measured = {
    at: new Date().toISOString().slice(0, 10),
    commit: describeCommit(),
    machine: describeMachine(),
    command: commandOf(flags),
    seed: flags.seed,
    scale: flags.scale,
    generators: flags.generators,
  }
  const valid = results.filter(({ whyVoid }) => whyVoid.length === 0)
  if (flags.isWritten && valid.length > 0) {
    for (const file of writePage(valid, measured)) progress.note(`Written: ${file}`)
  }
  if (flags.isJson) {
    const scenarios = results.map(({ plots: _, ...result }) => result)
    process.stdout.write(`${JSON.stringify({ ...measured, scenarios })}\n`)
  }
  return valid.length === results.length ? 0 : 1
}
