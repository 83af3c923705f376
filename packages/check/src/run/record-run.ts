import { setTimeout as sleep } from 'node:timers/promises'
import type { HistoryLine } from '../history/history-line.ts'
import { writeHistory, type HistoryWriter } from '../history/write-history.ts'
import { findFault } from '../faults/fault-table.ts'
import { createDeadline } from '../load/deadline.ts'
import type { Probe } from '../gauges/create-probe.ts'
import { endSessions, OUT_FOR_SURE_MS, type AskAgain } from '../load/end-sessions.ts'
import type { LoadClient } from '../load/load-client.ts'
import { createPlan } from '../load/plan.ts'
import type { Recorder } from '../load/recorder.ts'
import type { SdkClient } from '../load/sdk-client.ts'
import { isSdk, setStage, type LoadStage } from '../load/set-stage.ts'
import { dumpDatabase } from './dump-database.ts'
import { readFinally } from './final-reads.ts'
import type { Flags } from './flags.ts'
import { observeCrashes, observeEnd, observePresence } from './observe.ts'
import { observeResources } from './observe-resources.ts'
import type { Breaking } from './plan-breaking.ts'
import type { Progress } from './progress.ts'
import { runFaults } from './run-faults.ts'
import { connectClients, runLoad } from './run-load.ts'
import type { Target } from './start-target.ts'
import { behind, markQuiet, waitUntilQuiet, type QuietRoom } from './wait-until-quiet.ts'

export interface RecordRunOptions {
  readonly flags: Pick<
    Flags,
    | 'faults'
    | 'durationS'
    | 'clients'
    | 'rooms'
    | 'members'
    | 'rate'
    | 'seed'
    | 'url'
    | 'quietWaitS'
  >
  readonly target: Pick<Target, 'url' | 'cluster' | 'ways' | 'ends' | 'previous'>
  readonly breaking: Pick<Breaking, 'planned'>
  readonly progress: Pick<Progress, 'step' | 'follow' | 'note'>
  /** Ends the load; what there is by then is written. */
  readonly signal: AbortSignal
  /** What the processes keep is measured before anybody comes, and when all have gone. */
  readonly probe?: Probe | undefined
  /** Where the history is written. */
  readonly path: string
}

interface Counting extends Recorder {
  readonly counts: { ops: number; acked: number; delivered: number }
}

type Parts = Omit<RecordRunOptions, 'path'> & { readonly recorder: Counting }

/** Talks to what is there and breaks it, waits until it is quiet, reads everything: the whole history. */
export async function recordRun({ path, ...options }: RecordRunOptions): Promise<void> {
  const { faults, durationS, clients, rooms, members, rate, seed, url = null } = options.flags
  const history = writeHistory(path, {
    kind: 'run',
    format: 1,
    seed,
    startedAt: new Date().toISOString(),
    about: {
      faults,
      durationS,
      clients,
      rooms,
      members: members ?? null,
      rate,
      url,
      previous: options.target.previous ?? null,
      node: process.version,
    },
  })
  const recorder = createRecorder(history)
  const unfollow = options.target.ends?.follow((end) => observeEnd(end, recorder))
  try {
    await writeRun({ ...options, recorder })
  } finally {
    unfollow?.()
    history.close()
  }
}

async function writeRun(options: Parts): Promise<void> {
  const { flags, target, breaking, progress, signal, recorder, probe } = options
  const { counts } = recorder
  const idle = await probe?.readIdle()
  const plan = createPlan(flags)
  const { url, previous } = target
  const stage = await setStage({ url, plan, previous, say: progress.step })
  progress.step(`Connecting ${plan.devices.length} clients`)
  const clients = await connectClients({ plan, stage, recorder, signal })
  let everybody: QuietRoom | undefined
  try {
    progress.step(`Talking for ${flags.durationS} s`)
    progress.follow(
      () => `${counts.ops} operations, ${counts.acked} acknowledged, ${counts.delivered} delivered`,
    )
    const { rate, durationS, quietWaitS } = flags
    const times = { durationMs: durationS * 1_000, giveUpMs: quietWaitS * 1_000 }
    const load = { plan, stage, recorder, rate, ...times, signal }
    const breakThings = (ending: AbortSignal): Promise<void> =>
      runFaults({
        planned: breaking.planned,
        find: findFault,
        stage: {
          cluster: target.cluster,
          ways: target.ways,
          previous,
          signal: ending,
          mayEnd: target.ends?.mayEnd,
        },
        recorder,
        say: progress.note,
        signal: ending,
      })
    const startedMs = performance.now()
    const cpu = process.cpuUsage()
    const [, ended] = await Promise.all([
      runLoad({ ...load, breakThings }, clients),
      during(load.durationMs, signal, (ending) =>
        endSessions({ plan, stage, recorder, signal: ending, say: progress.note }),
      ),
    ])
    const { user, system } = process.cpuUsage(cpu)
    progress.note(paceOf(counts, performance.now() - startedMs, (user + system) / 1_000))
    if (breaking.planned.length > 0) await askOnceMore(options, ended)
    everybody = await readQuiet(options, { stage, clients })
  } finally {
    await Promise.allSettled(clients.map((client) => client.close()))
  }
  progress.step('Looking whether they are shown as gone')
  if (everybody !== undefined)
    await observePresence(clients, everybody, { recorder, expected: 'offline' })
  if (probe === undefined || idle === undefined) return
  progress.step('Looking what is left when all have gone')
  await observeResources(probe, idle, recorder)
}

/** Sessions that ended while something was broken are asked when it is certain that they are over. */
async function askOnceMore({ progress }: Parts, ended: readonly AskAgain[]): Promise<void> {
  if (ended.length === 0) return
  progress.step('Asking with the tokens of those who have signed out')
  await sleep(OUT_FOR_SURE_MS)
  await Promise.all(ended.map((askAgain) => askAgain()))
}

async function during<Result>(
  ms: number,
  signal: AbortSignal,
  work: (ending: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = createDeadline(ms, signal)
  return work(deadline.signal).finally(deadline.clear)
}

/** How fast it went, and whether it was this program that was slow. */
function paceOf({ ops, delivered }: Counting['counts'], ms: number, cpuMs: number): string {
  const aSecond = (count: number): string => `${Math.round((count * 1_000) / ms)} a second`
  const cpu = `${Math.round((cpuMs / ms) * 100)} % of a core`
  return `${ops} operations (${aSecond(ops)}), ${delivered} deliveries (${aSecond(delivered)}), by ${cpu}`
}

interface Quiet {
  readonly stage: LoadStage
  readonly clients: readonly LoadClient[]
}

async function readQuiet(
  { flags, target, progress, recorder }: Parts,
  { stage, clients }: Quiet,
): Promise<QuietRoom | undefined> {
  const quietMs = flags.quietWaitS * 1_000
  progress.step('Waiting until all is quiet')
  const { follow } = progress
  const rooms = await waitUntilQuiet({ stage, clients, recorder, follow, quietMs })
  const late = behind(clients, rooms)
  if (late.length > 0) progress.note(`Not at the head: ${late.join(', ')}`)
  markQuiet({ stage, clients, recorder }, rooms)
  const roomIds = stage.rooms.map(({ id }) => id)
  for (const client of clients.filter(isSdk)) observeGuarantees(client, recorder)
  const [everybody] = rooms
  if (everybody !== undefined)
    await observePresence(clients, everybody, { recorder, expected: 'online' })
  await readFinally({ stage, rooms, recorder, say: progress.step, quietMs })
  if (target.cluster !== undefined) {
    progress.step('Reading the database')
    const { url } = target.cluster.info().database
    await dumpDatabase(url, roomIds, recorder.write)
    await observeCrashes(target.cluster.dir, recorder)
  }
  recorder.write({ kind: 'mark', what: 'end', atMs: recorder.now() })
  return everybody
}

/** What the official client has counted against its own stream, also where that is nothing. */
function observeGuarantees({ device, guarantees }: SdkClient, recorder: Recorder): void {
  recorder.write({
    kind: 'observation',
    what: 'guarantees',
    subject: device.name,
    observer: device.userId,
    value: { ...guarantees() },
    atMs: recorder.now(),
  })
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
