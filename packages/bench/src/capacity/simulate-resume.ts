import { seededRandom } from '../seeded-random.ts'
import {
  createSimulatedLog,
  eventsAfter,
  type LogCounts,
  type LogEvent,
  type ResumeLog,
} from './simulated-log.ts'
import { Servers, VirtualTime } from './virtual-time.ts'

/** All clients are cut at once and come back; in each of their rooms something was said meanwhile. */
export interface ResumeScenario {
  readonly clients: number
  readonly rooms: number
  readonly roomsPerClient: number
  readonly gateways: number
  /** Events that each room has had while they were away. */
  readonly missed: number
  /** The gateways are new too; else they are those that the clients were cut from, and have heard it all. */
  readonly replaced: boolean
  readonly seed: number
  readonly times: ServiceTimes
}

export interface ServiceTimes {
  readonly apis: number
  readonly handshakeMs: number
  readonly handshakesPerSecond: number
  /** From process to process, one way. */
  readonly networkMs: number
  readonly userMs: number
  readonly reconcileMs: number
  readonly rangeMs: number
}

/** The part of a gateway that is simulated with: the product's own, handed in by whoever may import it. */
export interface ResumeGateway {
  /** Resolves at `session:ready`. */
  readonly open: (userId: string) => Promise<void>
  /** Resolves when the answer is sent. Answers how many events it had. */
  readonly sync: (userId: string, positions: Readonly<Record<string, number>>) => Promise<number>
  readonly cut: (userId: string) => void
  /** By the bus. */
  readonly hear: (roomId: string, events: readonly LogEvent[]) => void
}

export interface ResumeGatewayPorts {
  readonly log: ResumeLog
  readonly time: VirtualTime
  readonly networkMs: number
}

export interface ResumeResult extends LogCounts {
  /** Rooms that a gateway has a socket of, of all gateways together. */
  readonly roomsHosted: number
  /** Events that clients were answered. */
  readonly events: number
  readonly p50Ms: number
  readonly allMs: number
}

/** The official client waits for 1 s, and half of it more or less. */
const COMES_BACK_MS = { from: 500, to: 1_500 }
const HEAD = 1_000

export async function simulateResume(
  scenario: ResumeScenario,
  createGateway: (ports: ResumeGatewayPorts) => ResumeGateway,
): Promise<ResumeResult> {
  const { clients, gateways, missed, times } = scenario
  const random = seededRandom(scenario.seed)
  const time = new VirtualTime()
  const roomsOf = dealRooms(scenario, random)
  let head = HEAD - missed
  const log = createSimulatedLog({ time, times, roomsOf, head: () => head })
  const nodes = Array.from({ length: gateways }, () => ({
    gateway: createGateway({ log: log.asked, time, networkMs: times.networkMs }),
    door: new Servers(time, 1),
  }))
  if (!scenario.replaced) await beCut(scenario, { nodes, time })
  head = HEAD
  for (const { gateway } of nodes) {
    for (let room = 0; room < scenario.rooms; room += 1) {
      gateway.hear(roomIdOf(room), eventsAfter(HEAD - missed, HEAD))
    }
  }
  const before = log.counts()
  const cutAtMs = time.nowMs
  const paceMs = Math.max(times.handshakeMs, 1_000 / times.handshakesPerSecond)
  const doneMs: number[] = []
  let events = 0
  const comeBack = async (client: number): Promise<void> => {
    const { from, to } = COMES_BACK_MS
    await time.sleep(from + random() * (to - from))
    const node = nodes[client % gateways]
    if (node === undefined) return
    await node.door.serve(paceMs)
    const userId = userIdOf(client)
    await node.gateway.open(userId)
    await time.sleep(2 * times.networkMs)
    const rooms = roomsOf.get(userId) ?? []
    const positions = Object.fromEntries(rooms.map((roomId) => [roomId, HEAD - missed]))
    const answered = await node.gateway.sync(userId, positions)
    events += answered
    doneMs.push(time.nowMs - cutAtMs)
  }
  const all = Promise.all(Array.from({ length: clients }, (_, client) => comeBack(client)))
  await time.run()
  if (doneMs.length < clients) throw new Error(`${clients - doneMs.length} never came back.`)
  await all
  const sorted = doneMs.toSorted((one, other) => one - other)
  return {
    ...since(before, log.counts()),
    roomsHosted: hostedRooms(scenario, roomsOf),
    events,
    p50Ms: sorted[Math.floor(clients / 2)] ?? 0,
    allMs: sorted.at(-1) ?? 0,
  }
}

interface Nodes {
  readonly nodes: readonly { readonly gateway: ResumeGateway }[]
  readonly time: VirtualTime
}

/** Everybody has been there, and is there no more. */
async function beCut({ clients, gateways }: ResumeScenario, { nodes, time }: Nodes): Promise<void> {
  const users = Array.from({ length: clients }, (_, client) => ({
    userId: userIdOf(client),
    gateway: nodes[client % gateways]?.gateway,
  }))
  const here = Promise.all(users.map(async ({ userId, gateway }) => gateway?.open(userId)))
  await time.run()
  await here
  for (const { userId, gateway } of users) gateway?.cut(userId)
}

const KINDS = ['users', 'reconcile', 'events'] as const

function since(before: LogCounts, after: LogCounts): LogCounts {
  const less = (of: (counts: LogCounts) => LogCounts['requests']): LogCounts['requests'] =>
    Object.fromEntries(
      KINDS.map((kind) => [kind, of(after)[kind] - of(before)[kind]]),
    ) as unknown as LogCounts['requests']
  return {
    requests: less(({ requests }) => requests),
    queries: less(({ queries }) => queries),
    rangesRead: after.rangesRead - before.rangesRead,
  }
}

const userIdOf = (client: number): string => `u${client}`
const roomIdOf = (room: number): string =>
  `01900000-0000-7000-8000-${room.toString(16).padStart(12, '0')}`

/** Each user in so many different rooms, by chance. */
function dealRooms(
  { clients, rooms, roomsPerClient }: ResumeScenario,
  random: () => number,
): Map<string, readonly string[]> {
  if (roomsPerClient > rooms) throw new Error('Nobody can be in more rooms than there are.')
  return new Map(
    Array.from({ length: clients }, (_, client) => {
      const own = new Set<number>()
      while (own.size < roomsPerClient) own.add(Math.floor(random() * rooms))
      return [userIdOf(client), Array.from(own, roomIdOf)]
    }),
  )
}

function hostedRooms(
  { clients, gateways }: ResumeScenario,
  roomsOf: ReadonlyMap<string, readonly string[]>,
): number {
  const hosted = Array.from({ length: gateways }, () => new Set<string>())
  for (let client = 0; client < clients; client += 1) {
    for (const roomId of roomsOf.get(userIdOf(client)) ?? []) {
      hosted[client % gateways]?.add(roomId)
    }
  }
  return hosted.reduce((sum, rooms) => sum + rooms.size, 0)
}
