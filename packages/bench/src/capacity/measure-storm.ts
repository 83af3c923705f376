import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startCluster, type Cluster } from '@parley/local-cluster'
import { createConnection, type Connection } from 'mariadb'
import type { Person } from '../generator/readers/reader.ts'
import { createHost } from '../peers/parley/host-token.ts'
import { stagePeople } from '../peers/parley/stage-people.ts'
import { between, seededRandom } from '../seeded-random.ts'
import type { MeasurePorts } from './measure-bus.ts'
import { ANSWER_MS, openSocket, type OpenSocket } from './open-socket.ts'

export interface StormPlan {
  readonly clients: number
  readonly rooms: number
  readonly roomsPerClient: number
  readonly gateways: number
  readonly missed: number
  /** Gateways that are replaced meanwhile know nothing of what was said. */
  readonly replaced: boolean
}

/** What the clients that come back have had the cluster do. */
export interface StormMeasurement extends StormPlan {
  /** To the APIs, by what was asked for. */
  readonly requests: Readonly<Record<'users' | 'reconcile' | 'events', number>>
  /** That MySQL ran, less what it runs when nobody comes. */
  readonly statements: number
  readonly events: number
  readonly allMs: number
}

const QUIET_MS = 10_000
const LIMITLESS = {
  SENDS_PER_SECOND: '100000',
  SEND_BURST: '100000',
  REQUEST_RATE_PER_MINUTE: '1000000',
  WRITE_RATE_PER_MINUTE: '1000000',
  ROOM_RATE_PER_MINUTE: '1000000',
  MEMBER_RATE_PER_MINUTE: '1000000',
  KEY_RATE_PER_MINUTE: '1000000',
}

/** All are cut, something is said in each room, all come back: counted is what they ask for. */
export async function measureStorm(
  plan: StormPlan,
  ports: MeasurePorts,
): Promise<StormMeasurement> {
  const { dir, signal, say, onCluster } = ports
  const host = createHost()
  const own = join(dir, plan.replaced ? 'storm-replaced' : 'storm')
  const env = { ...host.env, ...LIMITLESS }
  const cluster = await startCluster({
    dir: own,
    gateways: plan.gateways,
    apis: 2,
    workers: 0,
    signal,
    env: { api: env, gateway: env },
    onProgress: (step) => say(`storm: ${step}`),
  })
  onCluster(cluster)
  try {
    say(`storm: ${plan.clients} people in ${plan.rooms} rooms`)
    const people = await stagePeople(
      { people: plan.clients + 1, rooms: dealRooms(plan) },
      { url: cluster.url, dir: own, host },
    )
    return await blow(plan, cluster, people)
  } finally {
    await cluster.stop()
    onCluster(null)
  }
}

/** The first person is in all rooms, and speaks. */
function dealRooms({ clients, rooms, roomsPerClient }: StormPlan): number[][] {
  const random = seededRandom(1)
  const members = Array.from({ length: rooms }, () => [0])
  for (let client = 1; client <= clients; client += 1) {
    const own = new Set<number>()
    while (own.size < roomsPerClient) own.add(Math.floor(random() * rooms))
    for (const room of own) members[room]?.push(client)
  }
  return members
}

async function blow(
  plan: StormPlan,
  cluster: Cluster,
  [speaker, ...people]: readonly Person[],
): Promise<StormMeasurement> {
  const urls = cluster.info().gateways.map(({ url }) => url)
  const urlOf = (at: number): string => urls[at % urls.length] ?? ''
  const speaking = await openSocket(urls[0] ?? '', speaker?.token ?? '')
  const before = await inTens(people, (person, at) => openSocket(urlOf(at), person.token))
  for (const { socket } of before) socket.disconnect()
  await speak(speaking, speaker?.rooms ?? [], plan.missed)
  speaking.socket.disconnect()
  if (plan.replaced) await replaceGateways(cluster)
  const database = await createConnection(
    cluster.info().database.url.replace(/^mysql:/u, 'mariadb:'),
  )
  const after: OpenSocket[] = []
  try {
    const quiet = await count(cluster, database, () => pause(QUIET_MS))
    const random = seededRandom(2)
    const delays = people.map(() => between(random, 500, 1_500))
    let events = 0
    const storm = await count(cluster, database, async () => {
      await Promise.all(
        people.map(async (person, at) => {
          await pause(delays[at] ?? 0)
          const back = await openSocket(urlOf(at), person.token, before[at]?.positions)
          events += back.events
          after.push(back)
        }),
      )
    })
    const less = (of: (counts: Counts) => number): number =>
      Math.round(of(storm) - (of(quiet) * storm.ms) / quiet.ms)
    return {
      ...plan,
      requests: {
        users: less(({ requests }) => requests.users),
        reconcile: less(({ requests }) => requests.reconcile),
        events: less(({ requests }) => requests.events),
      },
      statements: less(({ statements }) => statements),
      events,
      allMs: Math.round(storm.ms),
    }
  } finally {
    for (const { socket } of after) socket.disconnect()
    await database.end()
  }
}

async function replaceGateways(cluster: Cluster): Promise<void> {
  for (const { name } of cluster.info().gateways) {
    await cluster.stopProcess(name)
    await cluster.start(name)
  }
  await cluster.waitBalanced()
}

async function speak(
  { socket }: OpenSocket,
  rooms: readonly string[],
  times: number,
): Promise<void> {
  for (let said = 0; said < times; said += 1) {
    await inTens(rooms, async (roomId) => {
      const message = { roomId, clientMsgId: randomUUID(), text: 'x'.repeat(200) }
      await socket.timeout(ANSWER_MS).emitWithAck('message:send', message)
    })
  }
}

interface Counts {
  readonly requests: Record<'users' | 'reconcile' | 'events', number>
  readonly statements: number
  readonly ms: number
}

async function count(
  cluster: Cluster,
  database: Connection,
  work: () => Promise<unknown>,
): Promise<Counts> {
  const [requests, statements] = [await readRequests(cluster), await readStatements(database)]
  const startedAt = performance.now()
  await work()
  const ms = performance.now() - startedAt
  const after = await readRequests(cluster)
  return {
    requests: {
      users: after.users - requests.users,
      reconcile: after.reconcile - requests.reconcile,
      events: after.events - requests.events,
    },
    statements: (await readStatements(database)) - statements,
    ms,
  }
}

async function readRequests(cluster: Cluster): Promise<Counts['requests']> {
  const pages = await Promise.all(
    cluster.info().apis.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
  )
  const of = (route: string): number =>
    pages
      .flatMap((page) => page.split('\n'))
      .filter((line) => line.startsWith('parley_http_request_seconds_count{'))
      .filter((line) => line.includes(`route="/internal/${route}"`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  return { users: of('users'), reconcile: of('reconcile'), events: of('events') }
}

async function readStatements(database: Connection): Promise<number> {
  const rows = await database.query<{ Value: string }[]>("SHOW GLOBAL STATUS LIKE 'Questions'")
  return Number(rows[0]?.Value)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What is made before it is counted need not be made at once. */
async function inTens<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += 10) {
    const part = items.slice(from, from + 10)
    results.push(...(await Promise.all(part.map((item, at) => work(item, from + at)))))
  }
  return results
}
