import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  HOT_ROOMS,
  PROCESS_REPORTS,
  PROTOCOL_VERSION,
  type ProcessReport,
} from '@parley/message-schema'
import { ProcessReporter, type Logger, type Measured, type Redis } from '@parley/server-kit'
import type { Pool } from '../db/connect.ts'
import type { HotRooms } from './hot-rooms.ts'

const DATABASE_MS = 1_000

export interface ReportPorts {
  readonly kind: 'api' | 'worker'
  readonly name: string
  readonly redis: Redis
  readonly isStopping: () => boolean
  readonly pool: Pick<Pool, 'query'>
  readonly hotRooms: Pick<HotRooms, 'top' | 'takeMessages'>
  readonly logger: Logger
}

export interface ReportingProcess {
  readonly start: () => void
  readonly stop: () => Promise<void>
  /** What was said last, for who asks while Redis is away. */
  readonly latest: () => ProcessReport | undefined
}

/** Now, unlike what readiness asks. A pool waits long for a connection: so does nobody here. */
async function reachesDatabase(pool: Pick<Pool, 'query'>): Promise<boolean> {
  const asked = pool.query('SELECT 1').then(
    () => true,
    () => false,
  )
  return Promise.race([asked, sleep(DATABASE_MS, false, { ref: false })])
}

/** What an API or a worker tells operators of itself. */
export function createReportingProcess(ports: ReportPorts): ReportingProcess {
  const { kind, name, redis, hotRooms, logger } = ports
  const startedAt = new Date().toISOString()
  let latest: ProcessReport | undefined

  async function read({ eventLoopP99Ms, sinceMs }: Measured): Promise<ProcessReport> {
    const perSecond = (hotRooms.takeMessages() * 1_000) / sinceMs
    latest = {
      kind,
      name,
      at: new Date().toISOString(),
      startedAt,
      protocol: PROTOCOL_VERSION,
      node: process.version,
      phase: ports.isStopping() ? 'draining' : 'serving',
      eventLoopP99Ms,
      redis: redis.status === 'ready',
      mysql: await reachesDatabase(ports.pool),
      sockets: null,
      rooms: null,
      messagesPerSecond: Math.round(perSecond * 10) / 10,
      hotRooms: hotRooms.top(HOT_ROOMS),
    }
    return latest
  }

  const owner = `${kind}.${name}.${randomBytes(6).toString('hex')}`
  const reporter = new ProcessReporter({ redis, prefix: PROCESS_REPORTS, owner, read, logger })
  return { start: () => reporter.start(), stop: () => reporter.stop(), latest: () => latest }
}
