import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createProgress,
  LaunchError,
  readUsage,
  type Cluster,
  type Progress,
} from '@parley/local-cluster'
import { busRows, busText, BUS_PLANS } from './bus-rows.ts'
import { parseFlags, type Flags } from './flags.ts'
import { measureBus, type MeasurePorts } from './measure-bus.ts'
import { measureStorm, type StormMeasurement } from './measure-storm.ts'
import { NoPlanError, planCapacity } from './plan-capacity.ts'
import { planRows } from './plan-rows.ts'
import { planText } from './plan-text.ts'
import { STORM_PLANS, stormText } from './storm-rows.ts'

process.exitCode = await capacity(process.argv.slice(2))

/** 0: planned. 1: nothing holds it, or it could not be measured. 2: it was called in a wrong way. */
async function capacity(args: readonly string[]): Promise<number> {
  const progress = createProgress()
  try {
    const flags = parseFlags(args)
    if (flags.isHelp) process.stdout.write(`${readUsage('capacity')}\n`)
    else if (flags.measured !== undefined) await measure(flags, progress)
    else showPlan(flags)
    return 0
  } catch (error) {
    progress.fail()
    // A person reads a sentence; what was not foreseen keeps its stack.
    const isForeseen = error instanceof LaunchError || error instanceof NoPlanError
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${isForeseen ? error.message : stack}\n`)
    return error instanceof LaunchError ? error.exitCode : 1
  }
}

function showPlan({ demand, supply, isJson }: Flags): void {
  const planned = planCapacity(demand, supply)
  const shown = isJson ? JSON.stringify({ ...planned, rows: planRows(planned) }) : planText(planned)
  process.stdout.write(`${shown}\n`)
}

async function measure({ isJson, measured }: Flags, progress: Progress): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-capacity-'))
  const interrupted = new AbortController()
  let running: Cluster | null = null
  const interrupt = (): void => {
    running?.killNow()
    interrupted.abort()
    rmSync(dir, { recursive: true, force: true })
    process.exit(130)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, interrupt)
  const ports = {
    dir,
    signal: interrupted.signal,
    say: progress.step,
    onCluster: (cluster: Cluster | null) => void (running = cluster),
  }
  try {
    const { json, text } = measured === 'bus' ? await bus(ports) : await storm(ports)
    progress.done()
    process.stdout.write(`${isJson ? JSON.stringify(json) : text}\n`)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Shown {
  readonly json: object
  readonly text: string
}

async function bus(ports: MeasurePorts): Promise<Shown> {
  const rows = busRows(await measureBus(BUS_PLANS, ports))
  return { json: { bus: rows }, text: busText(rows) }
}

async function storm(ports: MeasurePorts): Promise<Shown> {
  const rows: StormMeasurement[] = []
  for (const plan of STORM_PLANS) rows.push(await measureStorm(plan, ports))
  return { json: { storm: rows }, text: stormText(rows) }
}
