import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startCluster, type Cluster } from '@parley/local-cluster'
import { Redis } from 'ioredis'
import type { Socket } from 'socket.io-client'
import { createHost } from '../peers/parley/host-token.ts'
import { stagePeople } from '../peers/parley/stage-people.ts'
import { frameBytes, newsChannelOf } from './news-frame.ts'
import { ANSWER_MS, openSocket } from './open-socket.ts'
import { differenceOf, readRedisCounts, type RedisCounts } from './redis-counts.ts'

export interface BusPlan {
  readonly gateways: number
  /** Whether members sit on all gateways, or all on the first. */
  readonly placed: 'together' | 'spread'
  readonly members: number
  readonly messages: number
  readonly textBytes: number
}

/** What one event has cost Redis, as its own counters say. */
export interface BusMeasurement extends BusPlan {
  /** Gateways that have members of the room. */
  readonly hosts: number
  /** One message of the room's channel, as one subscriber is sent it, in bytes. */
  readonly frameBytes: number
  /** What Redis has sent an event, less what it sends when nothing is said, in bytes. */
  readonly outputBytesPerEvent: number
  readonly inputBytesPerEvent: number
  /** Commands an event by name, less those of idle times; below 0.05 left out. */
  readonly commandsPerEvent: Readonly<Record<string, number>>
  /** While nothing is said: what gateways tell and ask of each other being there. */
  readonly idleCommandsPerSecond: number
}

export interface MeasurePorts {
  readonly dir: string
  readonly signal: AbortSignal
  readonly say: (step: string) => void
  readonly onCluster: (cluster: Cluster | null) => void
}

const LIMITLESS = { SENDS_PER_SECOND: '100000', SEND_BURST: '100000' }

interface SentEvent {
  readonly roomId: string
  readonly events: readonly { readonly seq: number; readonly type: string }[]
}

/** One cluster a number of gateways; in it one room a way of placing its members. */
export async function measureBus(
  plans: readonly BusPlan[],
  ports: MeasurePorts,
): Promise<BusMeasurement[]> {
  const results: BusMeasurement[] = []
  for (const gateways of new Set(plans.map((plan) => plan.gateways))) {
    const own = plans.filter((plan) => plan.gateways === gateways)
    results.push(...(await measureOn(gateways, own, ports)))
  }
  return results
}

async function measureOn(
  gateways: number,
  plans: readonly BusPlan[],
  { dir, signal, say, onCluster }: MeasurePorts,
): Promise<BusMeasurement[]> {
  const host = createHost()
  const own = join(dir, `bus-${gateways}`)
  const env = { ...host.env, ...LIMITLESS }
  const cluster = await startCluster({
    dir: own,
    gateways,
    apis: 2,
    // What jobs say to Redis is none of the bus.
    workers: 0,
    signal,
    env: { api: env, gateway: env },
    onProgress: (step) => say(`${gateways} gateways: ${step}`),
  })
  onCluster(cluster)
  try {
    const results: BusMeasurement[] = []
    const largest = Math.max(...plans.map(({ members }) => members))
    const people = await stagePeople(
      {
        people: largest,
        rooms: plans.map(({ members }) => Array.from({ length: members }, (_, at) => at)),
      },
      { url: cluster.url, dir: own, host },
    )
    for (const [index, plan] of plans.entries()) {
      say(`${gateways} gateways: ${plan.messages} messages, members ${plan.placed}`)
      const roomId = people[0]?.rooms[index] ?? ''
      const tokens = people.slice(0, plan.members).map(({ token }) => token)
      results.push(await measureOne(plan, { cluster, roomId, tokens }))
    }
    return results
  } finally {
    await cluster.stop()
    onCluster(null)
  }
}

interface Stage {
  readonly cluster: Cluster
  readonly roomId: string
  readonly tokens: readonly string[]
}

async function measureOne(
  plan: BusPlan,
  { cluster, roomId, tokens }: Stage,
): Promise<BusMeasurement> {
  const urls = cluster.info().gateways.map(({ url }) => url)
  const redis = new Redis(cluster.info().redis.url)
  const opened = await Promise.all(
    tokens.map((token, at) =>
      openSocket(urls[plan.placed === 'spread' ? at % urls.length : 0] ?? '', token),
    ),
  )
  const sockets = opened.map(({ socket }) => socket)
  try {
    let last: SentEvent | undefined
    let heard = 0
    for (const socket of sockets) {
      socket.on('room:events', (sent: SentEvent) => {
        if (sent.roomId !== roomId) return
        heard += sent.events.length
        if (socket === sockets[0]) last = sent
      })
    }
    // The room is spoken in before it is counted: channels are followed, statements prepared.
    await sendAll(sockets[0], roomId, plan, 3)
    const quiet = await countDuring(redis, () => pause(quietMsOf(plan)))
    heard = 0
    const busy = await countDuring(redis, async () => {
      const startedAt = performance.now()
      await sendAll(sockets[0], roomId, plan, plan.messages)
      // As long as the quiet time was, so that the same beats are in it.
      await pause(Math.max(0, quietMsOf(plan) - (performance.now() - startedAt)))
    })
    if (heard < plan.messages * sockets.length) {
      throw new Error(`${heard} of ${plan.messages * sockets.length} deliveries came.`)
    }
    return toMeasurement(plan, { last, quiet, busy, urls })
  } finally {
    for (const socket of sockets) socket.disconnect()
    redis.disconnect()
  }
}

interface Counted {
  readonly last: SentEvent | undefined
  readonly quiet: RedisCounts & { readonly ms: number }
  readonly busy: RedisCounts & { readonly ms: number }
  readonly urls: readonly string[]
}

function toMeasurement(plan: BusPlan, { last, quiet, busy, urls }: Counted): BusMeasurement {
  const event = last?.events.at(-1)
  if (last === undefined || event === undefined) throw new Error('No event was heard.')
  const share = busy.ms / quiet.ms
  const perEvent = (of: (counts: RedisCounts) => number): number =>
    round((of(busy) - of(quiet) * share) / plan.messages)
  const commands = Object.keys(busy.commands).flatMap((name): [string, number][] => {
    const calls = perEvent((counts) => counts.commands[name] ?? 0)
    return Math.abs(calls) < 0.05 ? [] : [[name, calls]]
  })
  const news = { roomId: last.roomId, fromSeq: event.seq, memberVersion: 9, events: [event] }
  return {
    ...plan,
    hosts: plan.placed === 'spread' ? Math.min(plan.members, urls.length) : 1,
    frameBytes: frameBytes(newsChannelOf(last.roomId), JSON.stringify(news)),
    outputBytesPerEvent: perEvent(({ outputBytes }) => outputBytes),
    inputBytesPerEvent: perEvent(({ inputBytes }) => inputBytes),
    commandsPerEvent: Object.fromEntries(commands.toSorted(([, a], [, b]) => b - a)),
    idleCommandsPerSecond: round(
      (Object.values(quiet.commands).reduce((sum, calls) => sum + calls, 0) / quiet.ms) * 1_000,
    ),
  }
}

const round = (value: number): number => Math.round(value * 100) / 100
/** Beats and looks come each few seconds: in so long, several of them. */
const quietMsOf = ({ messages }: BusPlan): number => Math.max(12_000, messages * 40)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function countDuring(
  redis: Redis,
  work: () => Promise<unknown>,
): Promise<RedisCounts & { readonly ms: number }> {
  const before = await readRedisCounts(redis)
  const startedAt = performance.now()
  await work()
  const ms = performance.now() - startedAt
  return { ...differenceOf(await readRedisCounts(redis), before), ms }
}

/** One after the other, so that each is a transaction, and news, of its own. */
async function sendAll(
  socket: Socket | undefined,
  roomId: string,
  { textBytes }: BusPlan,
  messages: number,
): Promise<void> {
  const text = 'x'.repeat(textBytes)
  for (let sent = 0; sent < messages; sent += 1) {
    const message = { roomId, clientMsgId: randomUUID(), text }
    const reply = (await socket?.timeout(ANSWER_MS).emitWithAck('message:send', message)) as {
      readonly ok: boolean
    }
    if (!reply.ok) throw new Error(`A message was refused: ${JSON.stringify(reply)}`)
  }
}
