import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LaunchError, startCluster, type Cluster } from '@parley/local-cluster'
import { canProbe, createProbe, withCollecting, type Probe } from '../gauges/create-probe.ts'
import type { Reading } from '../gauges/gauge.ts'
import type { Progress } from '../run/progress.ts'
import { TARGET_ENV } from '../run/start-target.ts'
import { createGaugeLog, type GaugeLog } from './gauge-log.ts'
import { moveIn, type Residents } from './move-in.ts'
import { inviteVisitors, type Visitors } from './receive-visitors.ts'
import type { SoakFlags } from './soak-flags.ts'
import {
  addRound,
  createCounts,
  hasFailed,
  printChecks,
  printGauges,
  type SoakCounts,
} from './soak-report.ts'
import { playRound, type RoundOptions } from './soak-round.ts'
import { watchOrder } from './watch-order.ts'

export interface SoakOptions {
  readonly flags: SoakFlags
  readonly progress: Progress
  /** Ends it before its time; what there is by then is judged. */
  readonly signal: AbortSignal
  readonly onCluster: (cluster: Cluster) => void
}

const HOUR_S = 3_600
/** A short soak has rounds enough for a slope, a long one enough to say in each. */
const ROUNDS_AT_LEAST = 12
const [SHORTEST_S, LONGEST_S] = [8, 120]
const REST_MS = 30_000
const LOOK_EVERY_MS = 500
/** All are shown as they come; so many are said again at the end. */
const MOST_PROBLEMS = 100

/** Answers the exit code. */
export async function runSoak(options: SoakOptions): Promise<number> {
  const { flags, progress, signal, onCluster } = options
  if (!canProbe())
    throw new LaunchError('npm run soak measures processes by /proc, as Linux has it.')
  progress.note(`seed ${flags.seed}`)
  const dir = mkdtempSync(join(tmpdir(), 'parley-soak-'))
  const counts = createCounts()
  const clusterDir = join(dir, 'cluster')
  mkdirSync(clusterDir)
  try {
    const cluster = await startCluster({
      dir: clusterDir,
      gateways: 3,
      apis: 2,
      signal,
      env: withCollecting(TARGET_ENV),
      onProgress: progress.step,
      onNotice: (text) => counts.problems.push(text),
    })
    onCluster(cluster)
    try {
      const gauges = await soak(options, { cluster, dir, counts })
      if (flags.isKept) writeFileSync(join(dir, 'gauges.json'), JSON.stringify(gauges.series()))
      return report(options, gauges, counts)
    } finally {
      progress.step('Stopping')
      await cluster.stop()
    }
  } finally {
    if (flags.isKept) progress.note(`Logs, data and gauges: ${dir}`)
    else rmSync(dir, { recursive: true, force: true })
  }
}

interface Parts {
  readonly cluster: Cluster
  readonly dir: string
  readonly counts: SoakCounts
}

async function soak(options: SoakOptions, { cluster, dir, counts }: Parts): Promise<GaugeLog> {
  const { flags, progress, signal } = options
  const probe = createProbe(cluster)
  const gauges = createGaugeLog()
  gauges.before(await probe.readIdle())
  const watch = watchOrder()
  progress.step('Residents move in')
  const residents = await moveIn(cluster.url, watch)
  const visitors = await inviteVisitors({ url: cluster.url, seed: flags.seed, watch })
  const startedMs = performance.now()
  const untilMs = startedMs + flags.hours * HOUR_S * 1_000
  const durationS = roundSeconds(flags.hours)
  const quiet = { ...progress, step: () => undefined }
  try {
    for (let nth = 1; !signal.aborted && performance.now() < untilMs; nth += 1) {
      progress.step(`Round ${nth}, ${leftOf(untilMs)} left`)
      const round = { flags, nth, durationS, cluster, dir, progress: quiet, signal }
      await playWithVisitors(visitors, () => countRound(round, counts))
      progress.follow(() => 'Resting')
      const reading = await restAndRead(probe, residents)
      gauges.add(performance.now() - startedMs, reading)
      counts.visits = visitors.visits
    }
  } finally {
    progress.step('Residents move out')
    counts.problems.push(...(await residents.leave()))
    counts.said = residents.said
  }
  counts.problems.push(...visitors.problems, ...watch.problems)
  counts.delivered += watch.delivered
  return gauges
}

/** A round that could not be played is a finding, and no reason to lose the hours before it. */
async function countRound(round: RoundOptions, counts: SoakCounts): Promise<void> {
  const found: string[] = []
  try {
    const { summary, windows } = await playRound(round)
    addRound(counts, summary)
    found.push(...windows)
  } catch (error) {
    found.push(`Round ${round.nth}: ${error instanceof Error ? error.message : String(error)}`)
  }
  for (const problem of found) {
    round.progress.note(problem)
    if (counts.problems.length < MOST_PROBLEMS) counts.problems.push(problem)
  }
}

const roundSeconds = (hours: number): number =>
  Math.round(Math.min(LONGEST_S, Math.max(SHORTEST_S, (hours * HOUR_S) / ROUNDS_AT_LEAST / 2)))

function leftOf(untilMs: number): string {
  const seconds = Math.max(0, Math.round((untilMs - performance.now()) / 1_000))
  return seconds > 120 ? `${Math.round(seconds / 60)} min` : `${seconds} s`
}

async function playWithVisitors(visitors: Visitors, play: () => Promise<void>): Promise<void> {
  const ending = new AbortController()
  const receiving = visitors.receive(ending.signal)
  try {
    await play()
  } finally {
    ending.abort()
    await receiving
  }
}

/** When those of the round are gone and nobody remembers them: what is left is what stays. */
async function restAndRead(probe: Probe, { sockets }: Residents): Promise<Reading> {
  const untilMs = performance.now() + REST_MS
  let delays: Reading | undefined
  for (;;) {
    const reading = await probe.read()
    // Of the round: it is forgotten when it is read, and what follows holds every process up.
    delays ??= reading
    const isAlone = sum(reading, 'sessions') <= sockets && sum(reading, 'presenceUsers') <= sockets
    if (isAlone || performance.now() >= untilMs) break
    await sleep(LOOK_EVERY_MS)
  }
  return withDelays(await probe.readIdle(), delays)
}

function withDelays(reading: Reading, delays: Reading): Reading {
  return new Map(
    [...reading].map(([name, { loopDelayMs: _, ...gauges }]) => {
      const delay = delays.get(name)?.['loopDelayMs']
      return [name, delay === undefined ? gauges : { ...gauges, loopDelayMs: delay }]
    }),
  )
}

function sum(reading: Reading, gauge: string): number {
  let all = 0
  for (const gauges of reading.values()) all += gauges[gauge] ?? 0
  return all
}

function report({ flags }: SoakOptions, gauges: GaugeLog, counts: SoakCounts): number {
  const verdicts = gauges.verdicts()
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  say(`${printGauges(verdicts)}\n\n${printChecks(counts)}`)
  for (const problem of counts.problems) say(`\n${problem}`)
  if (flags.isJson) {
    const { seed, hours } = flags
    say(JSON.stringify({ seed, hours, ...counts, gauges: verdicts }))
  }
  return hasFailed(verdicts, counts) ? 1 : 0
}
