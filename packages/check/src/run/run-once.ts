import { join, resolve } from 'node:path'
import type { HistoryLine } from '../history/history-line.ts'
import { writeHistory, type HistoryWriter } from '../history/write-history.ts'
import type { LoadClient } from '../load/load-client.ts'
import { createPlan } from '../load/plan.ts'
import type { Recorder } from '../load/recorder.ts'
import { isSdk, setStage, type LoadStage } from '../load/set-stage.ts'
import { dumpDatabase } from './dump-database.ts'
import { readFinally } from './final-reads.ts'
import type { Flags } from './flags.ts'
import { findFault } from '../faults/fault-table.ts'
import { observeCrashes, observePresence } from './observe.ts'
import { planBreaking, type Breaking } from './plan-breaking.ts'
import { runFaults } from './run-faults.ts'
import type { Progress } from './progress.ts'
import { reportHistory } from './report-history.ts'
import { connectClients, runLoad } from './run-load.ts'
import { startTarget, type Target } from './start-target.ts'
import { behind, waitUntilQuiet } from './wait-until-quiet.ts'

export interface RunOnceOptions {
  readonly flags: Flags
  readonly progress: Progress
  /** Ends the load; what there is by then is checked. */
  readonly signal: AbortSignal
  readonly onTarget: (target: Target) => void
}

const QUIET_MS = 60_000

interface Counting extends Recorder {
  readonly counts: { ops: number; acked: number; delivered: number }
}

/** Starts what is tested, talks and breaks, waits, reads, checks. Answers the exit code. */
export async function runOnce(options: RunOnceOptions): Promise<number> {
  const { flags, progress, signal, onTarget } = options
  progress.note(`seed ${flags.seed}`)
  const breaking = planBreaking(flags)
  const target = await startTarget(flags, breaking, progress, signal)
  onTarget(target)
  const path = resolve(flags.history ?? join(target.dir, 'history.jsonl'))
  const { faults, durationS, clients, rooms, rate } = flags
  const history = writeHistory(path, {
    kind: 'run',
    format: 1,
    seed: flags.seed,
    startedAt: new Date().toISOString(),
    about: {
      faults,
      durationS,
      clients,
      rooms,
      rate,
      url: flags.url ?? null,
      node: process.version,
    },
  })
  try {
    await writeRun(options, { target, breaking, recorder: createRecorder(history) })
    history.close()
    progress.step('Checking')
    const exitCode = await reportHistory(path, { isJson: flags.isJson })
    if (exitCode !== 0 && !flags.isKept && flags.history === undefined)
      progress.note(`Again, and to keep the history: npm run verify -- --seed ${flags.seed} --keep`)
    return exitCode
  } finally {
    history.close()
    progress.step('Stopping')
    await target.stop()
  }
}

interface Parts {
  readonly target: Target
  readonly breaking: Breaking
  readonly recorder: Counting
}

async function writeRun(options: RunOnceOptions, { target, breaking, recorder }: Parts) {
  const { flags, progress, signal } = options
  const { counts } = recorder
  const plan = createPlan(flags)
  const stage = await setStage({ url: target.url, plan, say: progress.step })
  progress.step(`Connecting ${plan.devices.length} clients`)
  const clients = await connectClients({ plan, stage, recorder, signal })
  try {
    progress.step(`Talking for ${flags.durationS} s`)
    progress.follow(
      () => `${counts.ops} operations, ${counts.acked} acknowledged, ${counts.delivered} delivered`,
    )
    const { rate, durationS } = flags
    const load = { plan, stage, recorder, rate, durationMs: durationS * 1_000, signal }
    const breakThings = (ending: AbortSignal): Promise<void> =>
      runFaults({
        planned: breaking.planned,
        find: findFault,
        stage: { cluster: target.cluster, ways: target.ways, signal: ending },
        recorder,
        say: progress.note,
        signal: ending,
      })
    const startedMs = performance.now()
    const cpu = process.cpuUsage()
    await runLoad({ ...load, breakThings }, clients)
    const { user, system } = process.cpuUsage(cpu)
    progress.note(paceOf(counts, performance.now() - startedMs, (user + system) / 1_000))
    await readQuiet(options, { target, stage, recorder, clients })
  } finally {
    await Promise.allSettled(clients.map((client) => client.close()))
  }
}

/** How fast it went, and whether it was this program that was slow. */
function paceOf({ ops, delivered }: Counting['counts'], ms: number, cpuMs: number): string {
  const aSecond = (count: number): string => `${Math.round((count * 1_000) / ms)} a second`
  const cpu = `${Math.round((cpuMs / ms) * 100)} % of a core`
  return `${ops} operations (${aSecond(ops)}), ${delivered} deliveries (${aSecond(delivered)}), by ${cpu}`
}

interface Quiet {
  readonly target: Target
  readonly stage: LoadStage
  readonly recorder: Recorder
  readonly clients: readonly LoadClient[]
}

async function readQuiet({ progress }: RunOnceOptions, quiet: Quiet): Promise<void> {
  const { target, stage, recorder, clients } = quiet
  progress.step('Waiting until all is quiet')
  const { follow } = progress
  const rooms = await waitUntilQuiet({ stage, clients, recorder, follow, timeoutMs: QUIET_MS })
  const late = behind(clients, rooms)
  if (late.length > 0) progress.note(`Not at the head: ${late.join(', ')}`)
  const roomIds = stage.rooms.map(({ id }) => id)
  for (const client of clients) client.reading.end(roomIds)
  recorder.write({ kind: 'mark', what: 'quiet', atMs: recorder.now() })
  for (const client of clients.filter(isSdk)) {
    const { gaps, doubles, regressions } = client.guarantees()
    if (gaps + doubles + regressions === 0) continue
    const { name, userId } = client.device
    progress.note(`${name} counted ${gaps} gaps, ${doubles} doubles, ${regressions} regressions`)
    const value = { ...client.guarantees() }
    const about = { subject: name, observer: userId, atMs: recorder.now() }
    recorder.write({ kind: 'observation', what: 'guarantees', value, ...about })
  }
  const [everybody] = rooms
  if (everybody !== undefined) await observePresence(clients, everybody, recorder)
  await readFinally({ stage, rooms, recorder, say: progress.step })
  if (target.cluster !== undefined) {
    progress.step('Reading the database')
    const { url } = target.cluster.info().database
    await dumpDatabase(url, roomIds, recorder.write)
    await observeCrashes(target.cluster.dir, recorder)
  }
  recorder.write({ kind: 'mark', what: 'end', atMs: recorder.now() })
}

function createRecorder(history: HistoryWriter): Counting {
  const startedAt = performance.now()
  const counts = { ops: 0, acked: 0, delivered: 0 }
  return {
    counts,
    now: () => Math.round((performance.now() - startedAt) * 1_000) / 1_000,
    write(line: HistoryLine) {
      if (line.kind === 'operation') {
        counts.ops += 1
        if (line.op === 'send' && line.type === 'ok') counts.acked += 1
      } else if (line.kind === 'delivery') counts.delivered += 1
      history.write(line)
    },
  }
}
