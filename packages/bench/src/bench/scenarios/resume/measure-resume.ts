import { setTimeout as passes } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { waitUntil } from '@parley/local-cluster'
import { spreadOf } from '../../../figures/statistics.ts'
import { watchNoise, type Noise } from '../../../machine/noise.ts'
import { groupRooms } from '../../../peers/group-rooms.ts'
import { startRemote, type Remote } from '../../../remote/start-remote.ts'
import type { ParleySubject } from '../../../subjects/parley/start-parley.ts'
import type { ClientPlan } from '../../../subjects/subject.ts'
import { readCpu, ROLES } from '../../measure-load.ts'
import { settle } from '../../settle.ts'
import { connect, type Connection } from '../history/database.ts'
import type { ReturningClients } from './returning-clients.ts'
import { sayInRooms } from './say-in-rooms.ts'
import { beyondQuiet, readServerWork, workBetween, type Asked } from './server-work.ts'

/** How everybody loses their connection, and what is said before they are back. */
export interface Outage {
  readonly level: string
  readonly isKilled: boolean
  readonly missed: number
}

export const OUTAGES = [
  { level: 'cut, nothing missed', isKilled: false, missed: 0 },
  { level: 'cut, a message missed in each room', isKilled: false, missed: 1 },
  { level: 'all gateways killed, nothing missed', isKilled: true, missed: 0 },
  { level: 'all gateways killed, a message missed in each room', isKilled: true, missed: 1 },
] as const satisfies readonly Outage[]

export interface ResumeFigures {
  readonly caughtUpP50Ms: number
  readonly caughtUpP99Ms: number
  /** Until the last has everything. */
  readonly allCaughtUpMs: number
  readonly turnedAway: number
  /** To the API, by what was asked for, less what is asked for when nobody comes. */
  readonly requests: Readonly<Record<Asked, number>>
  readonly statements: number
  readonly selects: number
  /** Of all servers, microseconds a client. */
  readonly cpuUsPerClient: number
  /** Messages that a client was to have and has not, and those that it was handed wrong. */
  readonly lost: number
  readonly generatorShare: number
}

export interface MeasuredResume {
  readonly level: string
  readonly rooms: number
  readonly gateways: number
  readonly figures: ResumeFigures
  readonly noise: Noise
  readonly notes: readonly string[]
  readonly whyVoid: readonly string[]
}

export const ROOMS_EACH = 20
export const MEMBERS = 101
const AWAY_MS = 60_000
const STORM_MS = 180_000
const HEARD_MS = 30_000
const MOST_GENERATOR_SHARE = 0.95

export interface ResumePlan {
  readonly clients: number
  /** How long it is counted what goes on when nobody comes. */
  readonly windowMs: number
  readonly say: (step: string) => void
}

interface Stand extends Pick<ResumePlan, 'windowMs' | 'say'> {
  readonly subject: ParleySubject
  readonly clients: Remote<ReturningClients>
  readonly people: readonly ClientPlan[]
  readonly told: Map<string, number>
  readonly database: Connection
}

/** Each outage in turn, on the same clients. */
export async function measureResume(
  subject: ParleySubject,
  { clients: count, windowMs, say }: ResumePlan,
): Promise<MeasuredResume[]> {
  say(`${count} people, ${ROOMS_EACH} rooms each`)
  const rooms = groupRooms({ first: 0, people: count, roomsEach: ROOMS_EACH, members: MEMBERS })
  const people = await subject.stage({ people: count, rooms })
  const program = fileURLToPath(new URL('returning-main.js', import.meta.url))
  const clients = startRemote<ReturningClients>('the clients', program)
  const database = await connect(subject.cluster.info().database.url)
  try {
    say(`${count} connections`)
    await clients.ask('connect', people)
    const stand = { subject, clients, people, told: new Map(), database, windowMs, say }
    const measured: MeasuredResume[] = []
    for (const outage of OUTAGES) measured.push(await measureOutage(outage, stand))
    return measured
  } finally {
    await clients.stop()
    await database.end()
  }
}

async function measureOutage(outage: Outage, stand: Stand): Promise<MeasuredResume> {
  const { subject, clients, people, told, database, windowMs, say } = stand
  const { cluster } = subject
  const { level, missed } = outage
  const isSettled = await settle(subject, windowMs)
  say(level)
  const killed = await cutAll(outage, stand)
  await sayInRooms(cluster.url, people, { told, times: missed })
  for (const name of killed) await cluster.start(name)
  await settle(subject, windowMs)
  const quietBefore = await readServerWork(cluster, database)
  await passes(windowMs)
  const quiet = workBetween(quietBefore, await readServerWork(cluster, database))

  say(`${level}: ${people.length} come back`)
  const endNoise = watchNoise()
  const before = await readServerWork(cluster, database)
  const cpuBefore = readCpu(subject)
  const storm = await clients.ask('comeBack', { told, timeoutMs: STORM_MS })
  const cpu = readCpu(subject)
  const work = beyondQuiet(workBetween(before, await readServerWork(cluster, database)), quiet)
  const noise = endNoise()

  say(`${level}: they hear what is said now`)
  await sayInRooms(cluster.url, people, { told, times: 1 })
  const live = await clients.ask('hear', { told, timeoutMs: HEARD_MS })
  const spread = spreadOf(storm.caughtUpMs)
  const missing = people.length - storm.caughtUpMs.length
  const violations = [...storm.violations, ...live.violations]
  return {
    level,
    rooms: new Set(people.flatMap((person) => person.rooms)).size,
    gateways: cluster.info().gateways.length,
    figures: {
      caughtUpP50Ms: spread.p50,
      caughtUpP99Ms: spread.p99,
      allCaughtUpMs: missing === 0 ? spread.max : Number.NaN,
      turnedAway: storm.turnedAway,
      requests: work.requests,
      statements: work.statements,
      selects: work.selects,
      cpuUsPerClient:
        ROLES.reduce((sum, role) => sum + cpu[role] - cpuBefore[role], 0) / people.length,
      lost: storm.missing + live.missing + violations.length,
      generatorShare: storm.cpuShare,
    },
    noise,
    notes: isSettled ? [] : ['the servers had not come to rest before'],
    whyVoid: [
      ...violations.map((violation) => `not what was said: ${violation}`),
      ...(missing > 0 ? [`${missing} clients had not caught up after ${STORM_MS / 1_000} s`] : []),
      ...(live.missing > 0 ? [`${live.missing} messages were not heard live afterwards`] : []),
      ...(storm.cpuShare > MOST_GENERATOR_SHARE
        ? [`the clients were the wall: ${Math.round(storm.cpuShare * 100)} % of a core`]
        : []),
    ],
  }
}

/** Resolves when nobody is connected. Answers what has to be started again. */
async function cutAll({ isKilled }: Outage, { subject, clients }: Stand): Promise<string[]> {
  const { cluster } = subject
  const killed = isKilled ? cluster.info().gateways.map(({ name }) => name) : []
  if (!isKilled) await clients.ask('cut')
  for (const name of killed) {
    await cluster.kill(name)
    // Not wanted any more, it does not count as missing.
    await cluster.stopProcess(name)
  }
  const areAway = await waitUntil(async () => (await clients.ask('connected')) === 0, {
    timeoutMs: AWAY_MS,
  })
  if (!areAway) throw new Error('Clients whose connections were cut are still connected.')
  return killed
}
