import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { clockMs } from '../clock.ts'
import { accountDeliveries, type DeliveryAccount } from '../figures/account-deliveries.ts'
import { whyVoid, type GeneratorLoad } from '../figures/validity.ts'
import type { CutPlan } from '../generator/cut-readers.ts'
import type { Measured } from '../generator/generator.ts'
import type { Gap } from '../generator/presence-log.ts'
import {
  openReaders,
  startGenerators,
  worstClockOffsetMs,
  type Generators,
} from '../generator/start-generators.ts'
import { watchNoise, type Noise } from '../machine/noise.ts'
import type { Peer } from '../peers/peer.ts'
import type { RunContext } from './scenario.ts'
import { sendBroadcasts, type Broadcasting } from './send-broadcasts.ts'

export interface BroadcastLoad {
  readonly readers: number
  readonly everyMs: number
  /** At the least: what is done meanwhile is waited for. */
  readonly durationMs: number
  /** Sending goes on for so long after what is done is done. */
  readonly tailMs?: number
  /** Readers that cost less, where coming back is not what is measured. */
  readonly isLean?: boolean
  readonly cut?: CutPlan
  readonly mostLoopDelayMs?: number
  /** Something that happens while broadcasts go on. */
  readonly meanwhile?: (stage: {
    readonly peer: Peer
    readonly mark: (what: string) => void
  }) => Promise<void>
}

export interface BroadcastResult {
  readonly account: DeliveryAccount
  readonly gaps: readonly Gap[]
  readonly offlineMs: readonly number[]
  readonly generators: readonly GeneratorLoad[]
  readonly noise: Noise
  readonly crashes: number
  readonly startedMs: number
  /** When what began or ended, in milliseconds of the clock. */
  readonly marks: Readonly<Record<string, number>>
  readonly whyVoid: readonly string[]
}

const LOOP_RESOLUTION_MS = 10
const MOST_LOOP_DELAY_MS = 250
const ANSWERS_MS = 30_000
/** What has not come after so long without anything coming does not come. */
const STILL_MS = 8_000

/** One room, one who broadcasts and many who read; and what became of every message. */
export async function runBroadcast(
  peer: Peer,
  load: BroadcastLoad,
  { say, generators: count }: RunContext,
): Promise<BroadcastResult> {
  say(`${peer.name}: ${load.readers} readers`)
  const everybody = Array.from({ length: load.readers + 1 }, (_, at) => at)
  const [speaker, ...people] = await peer.stage({ people: everybody.length, rooms: [everybody] })
  if (speaker === undefined) throw new Error('Nobody is there to speak.')
  await using generators = startGenerators(count)
  const kind = load.isLean === true ? peer.leanReaderKind : peer.readerKind
  await openReaders(generators, { kind, url: peer.url, people })
  const clockOffsetMs = await worstClockOffsetMs(generators)
  const sender = await peer.openSender(speaker, speaker.rooms[0] ?? '')
  try {
    const run = await measure({ peer, load, generators, sender, say })
    const { shards, own, broadcasting } = run
    const account = accountDeliveries({
      sent: broadcasting.sent,
      shards: shards.map(({ deliveries }) => deliveries),
      readers: load.readers,
    })
    const loads = shards.map(({ cpuShare, loopDelayP99Ms }, at) => ({
      name: `generator ${at + 1}`,
      cpuShare,
      loopDelayP99Ms,
    }))
    const facts = {
      ...account,
      ...broadcasting,
      sent: account.sent,
      shardCounts: shards.map(({ deliveries }) => deliveries.numbers.length),
      generators: [...loads, own],
      mostLoopDelayMs: load.mostLoopDelayMs ?? MOST_LOOP_DELAY_MS,
      clockOffsetMs,
    }
    return {
      account,
      gaps: shards.flatMap(({ gaps }) => gaps),
      offlineMs: shards.flatMap(({ offlineMs }) => offlineMs),
      generators: facts.generators,
      noise: run.noise,
      crashes: peer.crashes(),
      startedMs: run.startedMs,
      marks: run.marks,
      whyVoid: whyVoid(facts).map((reason) => `${peer.name}: ${reason}`),
    }
  } finally {
    await sender.close()
  }
}

interface Measuring {
  readonly peer: Peer
  readonly load: BroadcastLoad
  readonly generators: Generators
  readonly sender: Parameters<typeof sendBroadcasts>[0]['sender']
  readonly say: RunContext['say']
}

interface Run {
  readonly shards: readonly Measured[]
  readonly own: GeneratorLoad
  readonly broadcasting: Broadcasting
  readonly noise: Noise
  readonly startedMs: number
  readonly marks: Readonly<Record<string, number>>
}

async function measure({ peer, load, generators, sender, say }: Measuring): Promise<Run> {
  const marks: Record<string, number> = {}
  await Promise.all(generators.all.map((one) => one.ask('begin')))
  const endNoise = watchNoise()
  const ownLoad = watchOwnLoad()
  const startedMs = clockMs()
  const { cut } = load
  if (cut !== undefined)
    await Promise.all(generators.all.map((one) => one.ask('startCutting', cut)))
  let endMs = startedMs + load.durationMs
  let isDone = load.meanwhile === undefined
  const meanwhile = load
    .meanwhile?.({ peer, mark: (what) => void (marks[what] = clockMs()) })
    .finally(() => {
      isDone = true
      endMs = Math.max(endMs, clockMs() + (load.tailMs ?? 0))
    })
  // Awaited below; the sending ends without it, too.
  meanwhile?.catch(() => undefined)
  say(`${peer.name}: broadcasting`)
  const broadcasting = await sendBroadcasts({
    sender,
    everyMs: load.everyMs,
    isOver: (sent) => isDone && startedMs + sent * load.everyMs >= endMs,
    answersMs: ANSWERS_MS,
  })
  await meanwhile
  await Promise.all(generators.all.map((one) => one.ask('endLoad')))
  const noise = endNoise()
  const own = ownLoad()
  const acked = broadcasting.sent.filter(({ ackedMs }) => ackedMs !== null).length
  await waitUntilStill(generators, acked * load.readers)
  const shards = await Promise.all(generators.all.map((one) => one.ask('collect')))
  return { shards, own, broadcasting, noise, startedMs, marks }
}

/** Until all is there, or nothing more comes. */
async function waitUntilStill({ all }: Generators, expected: number): Promise<void> {
  let before = -1
  let sinceMs = clockMs()
  while (clockMs() - sinceMs < STILL_MS) {
    const counts = await Promise.all(all.map((one) => one.ask('progress')))
    const delivered = counts.reduce((sum, count) => sum + count.delivered, 0)
    if (delivered >= expected) return
    if (delivered !== before) sinceMs = clockMs()
    before = delivered
    await sleep(100)
  }
}

/** This process sends: it can be the wall as well. */
function watchOwnLoad(): () => GeneratorLoad {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  loop.enable()
  const cpu = process.cpuUsage()
  const sinceMs = clockMs()
  return () => {
    loop.disable()
    const { user, system } = process.cpuUsage(cpu)
    return {
      name: 'sender',
      cpuShare: (user + system) / 1_000 / (clockMs() - sinceMs),
      loopDelayP99Ms: Math.max(0, loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS),
    }
  }
}
