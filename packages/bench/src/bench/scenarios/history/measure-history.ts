import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { LaunchError, startCluster } from '@parley/local-cluster'
import { clockMs } from '../../../clock.ts'
import { watchNoise, type Noise } from '../../../machine/noise.ts'
import { createHost } from '../../../peers/parley/host-token.ts'
import { compareSides } from './compare-sides.ts'
import { connect, readVariables, type Connection } from './database.ts'
import { fillDatabase, type Filled } from './fill-database.ts'
import type { HistoryRow } from './history-rows.ts'
import { QUESTIONS } from './questions.ts'
import { backlogs, ROOMS, stageRooms } from './stage-rooms.ts'

export interface HistoryOptions {
  /** The cluster keeps everything in it; the database's files are removed in the end. */
  readonly dir: string
  readonly largeMessages: number
  readonly smallMessages: number
  readonly rounds: number
  readonly say: (step: string) => void
  readonly signal: AbortSignal
}

export interface HistoryResult {
  readonly rows: readonly HistoryRow[]
  readonly filled: Filled
  /** Messages of the short and the long log, and unread ones in each of so many rooms. */
  readonly sizes: {
    readonly log: { readonly small: number; readonly large: number }
    readonly unread: { readonly small: number; readonly large: number }
    readonly rooms: number
  }
  readonly rounds: number
  readonly databaseBytes: number
  readonly bufferPoolBytes: number
  readonly noise: Noise
}

/** What a message takes, in all tables and with what is left over while pages split. */
const BYTES_PER_MESSAGE = 1_400
const BYTES_TO_SPARE = 2 * 2 ** 30
const FILL_TIMEOUT_MS = 45 * 60_000
const SETTLE_TIMEOUT_MS = 5 * 60_000
/** Enough for places to differ: fewer messages are no log to look into. */
const LEAST_MESSAGES = 2_000

const NO_LIMITS = {
  REQUEST_RATE_PER_MINUTE: '10000000',
  WRITE_RATE_PER_MINUTE: '10000000',
  ROOM_RATE_PER_MINUTE: '10000000',
  MEMBER_RATE_PER_MINUTE: '10000000',
  COSTLY_RATE_PER_MINUTE: '10000000',
  KEY_RATE_PER_MINUTE: '10000000',
  ADDRESS_RATE_PER_MINUTE: '10000000',
}

function checkOptions({ dir, largeMessages, smallMessages, rounds }: HistoryOptions): void {
  if (smallMessages < LEAST_MESSAGES || largeMessages < smallMessages || rounds < 1) {
    throw new LaunchError(
      `The history needs a round, ${LEAST_MESSAGES} messages in the short log, and as many or more in the long one.`,
    )
  }
  mkdirSync(dir, { recursive: true })
  const { bavail, bsize } = statfsSync(dir)
  const needed = (largeMessages * 1.1 + smallMessages * 2) * BYTES_PER_MESSAGE + BYTES_TO_SPARE
  if (bavail * bsize >= needed) return
  const gb = (bytes: number): string => (bytes / 1e9).toFixed(1)
  throw new LaunchError(
    `${dir} has ${gb(bavail * bsize)} GB left; ${largeMessages} messages need ${gb(needed)} GB. Ask for fewer.`,
  )
}

/** What was written is brought to the disk before anything is measured. */
async function settle(connection: Connection, signal: AbortSignal): Promise<void> {
  const name = 'innodb_max_dirty_pages_pct'
  const before = await readVariables(connection, 'VARIABLES', [name])
  const was = before.get(name)
  if (was === undefined) return
  await connection.query(`SET GLOBAL ${name} = 0`)
  const dirty = 'Innodb_buffer_pool_pages_dirty'
  const until = clockMs() + SETTLE_TIMEOUT_MS
  for (;;) {
    signal.throwIfAborted()
    const status = await readVariables(connection, 'STATUS', [dirty])
    if (Number(status.get(dirty) ?? 0) < 100 || clockMs() > until) break
    await delay(500)
  }
  await connection.query(`SET GLOBAL ${name} = ${Number(was)}`)
}

async function describeDatabase(
  connection: Connection,
): Promise<{ bytes: number; poolBytes: number }> {
  const [row] = await connection.query<{ bytes: number }[]>(
    `SELECT CAST(SUM(data_length + index_length) AS UNSIGNED) AS bytes
     FROM information_schema.tables WHERE table_schema = DATABASE()`,
  )
  const name = 'innodb_buffer_pool_size'
  const variables = await readVariables(connection, 'VARIABLES', [name])
  return { bytes: row?.bytes ?? 0, poolBytes: Number(variables.get(name) ?? 0) }
}

/** A request to a long log against the same one to a short log, in the same cluster and the same database. */
export async function measureHistory(options: HistoryOptions): Promise<HistoryResult> {
  checkOptions(options)
  const { dir, say, signal } = options
  const host = createHost()
  const cluster = await startCluster({
    dir,
    gateways: 1,
    apis: 1,
    workers: 1,
    restart: false,
    signal,
    env: { api: { ...host.env, ...NO_LIMITS }, gateway: host.env, worker: {} },
    onProgress: say,
  })
  let connection: Connection | undefined
  try {
    say(`Making ${ROOMS * 2 + 2} rooms`)
    const stage = await stageRooms(cluster, host, options)
    const { url } = cluster.info().database
    const filled = await fillDatabase(url, stage.fills, { say, signal, timeoutMs: FILL_TIMEOUT_MS })
    // It has indexed what was filled in, and is no part of what is measured.
    for (const { name } of cluster.info().workers) await cluster.stopProcess(name)
    connection = await connect(url)
    say('Waiting until the database has written everything')
    await settle(connection, signal)
    const stopWatching = watchNoise()
    const rows = await compareSides({
      ...options,
      questions: QUESTIONS,
      cluster,
      connection,
      stage,
    })
    const noise = stopWatching()
    const { bytes, poolBytes } = await describeDatabase(connection)
    return {
      rows,
      filled,
      sizes: {
        log: { small: options.smallMessages, large: options.largeMessages },
        unread: backlogs(options),
        rooms: ROOMS,
      },
      rounds: options.rounds,
      databaseBytes: bytes,
      bufferPoolBytes: poolBytes,
      noise,
    }
  } finally {
    await connection?.end().catch(() => connection?.destroy())
    await cluster.stop()
    rmSync(join(dir, 'mysql'), { recursive: true, force: true })
  }
}
