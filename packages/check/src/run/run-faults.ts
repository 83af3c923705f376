import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, FaultStage, PlannedFault, StartedFault } from '../faults/fault.ts'
import type { FaultLine } from '../history/history-line.ts'
import type { Recorder } from '../load/recorder.ts'
import { seededRandom } from '../seeded-random.ts'

export interface RunFaultsOptions {
  readonly planned: readonly PlannedFault[]
  readonly find: (name: string) => Fault
  readonly stage: FaultStage
  readonly recorder: Recorder
  readonly say: (text: string) => void
  /** Ends what goes on, and begins nothing more. */
  readonly signal: AbortSignal
}

const BALANCED_MS = 60_000

/** Breaks what is planned, each in its time, and mends it. Resolves when all is whole again. */
export async function runFaults(options: RunFaultsOptions): Promise<void> {
  const { planned, stage, recorder } = options
  if (planned.length === 0) return
  const lines = await Promise.all(planned.map((one) => runFault(options, one)))
  try {
    await makeWhole(stage)
    for (const line of lines) if (line !== null) line.endedMs ??= recorder.now()
  } finally {
    for (const line of lines) if (line !== null) recorder.write(line)
  }
}

/** Where two faults met, the one could not be mended while the other went on: now it has to be. */
export async function makeWhole({ cluster, ways }: FaultStage): Promise<void> {
  await ways?.heal()
  if (cluster === undefined) return
  const { gateways, apis, workers } = cluster.info()
  const names = ['redis', 'database', ...[...apis, ...gateways, ...workers].map(({ name }) => name)]
  await Promise.all([...names, 'balancer'].map((name) => cluster.waitReady(name)))
  const untilMs = performance.now() + BALANCED_MS
  for (;;) {
    try {
      return await cluster.waitBalanced()
    } catch (error) {
      if (performance.now() > untilMs) throw error
    }
  }
}

/** `null` for what could not be broken. */
async function runFault(
  options: RunFaultsOptions,
  planned: PlannedFault,
): Promise<FaultLine | null> {
  const { find, stage, recorder, say, signal } = options
  const fault = find(planned.name)
  await pause(planned.startMs, signal)
  if (signal.aborted) return null
  const startedMs = recorder.now()
  let started: StartedFault
  try {
    started = await fault.start(stage, seededRandom(planned.seed), planned.on)
  } catch (error) {
    // Two faults may meet: what one has stopped the other cannot break.
    say(`${fault.name} could not be injected: ${problemOf(error)}`)
    return null
  }
  const { target, detail } = started
  say(`${fault.name} ${target}${detail === undefined ? '' : ` (${detail})`}`)
  await pause(planned.durationMs, signal)
  const more = detail === undefined ? {} : { detail }
  const line = { kind: 'fault' as const, name: fault.name, target, startedMs, ...more }
  try {
    await started.heal()
    return { ...line, endedMs: recorder.now() }
  } catch (error) {
    say(`${fault.name} ${target} is not healed yet: ${problemOf(error)}`)
    return { ...line, endedMs: null }
  }
}

const problemOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)
