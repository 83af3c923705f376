import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@parley/local-cluster'
import { createConnection, type Connection } from 'mariadb'
import { databaseConfig } from '../run/dump-database.ts'
import { integerBetween } from '../seeded-random.ts'
import { ended, killed } from './broken-process.ts'
import { clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'

/** A fault may have stopped it: whoever heals waits until it is back. */
const REACH_MS = 60_000
/** The least that the server accepts. */
const FEW_CONNECTIONS = 10

/** Straight to the database, as the user who may do everything to it where that one is another. */
async function connectAdmin(cluster: Cluster, withinMs = 0): Promise<Connection> {
  const config = databaseConfig(cluster.info().database.url)
  const user = config.user === 'parley' ? 'parley_admin' : (config.user ?? '')
  const untilMs = performance.now() + withinMs
  for (;;) {
    try {
      const connection = await createConnection({ ...config, user, connectTimeout: 3_000 })
      // One that is killed while nobody asks anything is noticed by whoever asks next.
      connection.on('error', () => undefined)
      return connection
    } catch (error) {
      if (performance.now() >= untilMs) throw error
      await sleep(500)
    }
  }
}

/** Over a connection of its own: the one before may have died with the server. */
async function healBy(cluster: Cluster, statements: readonly string[]): Promise<void> {
  const connection = await connectAdmin(cluster, REACH_MS)
  try {
    for (const statement of statements) await connection.query(statement)
  } finally {
    await connection.end()
  }
}

const heldBy = (connections: readonly Connection[]) => async (): Promise<void> => {
  for (const connection of connections) connection.destroy()
}

const readOnly: Fault = {
  name: 'database-read-only',
  needs: 'local',
  description: 'The database takes no writes, as one that is no longer the primary (read_only).',
  async start(stage) {
    const cluster = clusterOf(stage)
    const admin = await connectAdmin(cluster)
    const isMariaDb = /mariadb/iu.test(admin.serverVersion())
    const setting = isMariaDb ? 'read_only' : 'super_read_only'
    await admin.query(`SET GLOBAL ${setting} = ON`)
    await admin.end()
    const statements = isMariaDb ? [] : ['SET GLOBAL super_read_only = OFF']
    return {
      target: 'database',
      heal: () => healBy(cluster, [...statements, 'SET GLOBAL read_only = OFF']),
    }
  },
}

const readLock: Fault = {
  name: 'database-locked',
  needs: 'local',
  description: 'Nothing can be written, and writers wait (FLUSH TABLES WITH READ LOCK).',
  async start(stage) {
    const admin = await connectAdmin(clusterOf(stage))
    await admin.query('SET lock_wait_timeout = 5')
    await admin.query('FLUSH TABLES WITH READ LOCK')
    return { target: 'database', heal: heldBy([admin]) }
  },
}

const full: Fault = {
  name: 'database-full',
  needs: 'local',
  description: 'All connections of the database are taken, and those that were there are ended.',
  async start(stage) {
    const cluster = clusterOf(stage)
    const admin = await connectAdmin(cluster)
    const [limit] = await admin.query<{ most: number }[]>('SELECT @@max_connections AS most')
    const taken: Connection[] = []
    await admin.query(`SET GLOBAL max_connections = ${FEW_CONNECTIONS}`)
    await endOthers(admin)
    for (let n = 0; n < FEW_CONNECTIONS; n += 1) {
      // Somebody else may have been faster.
      const one = await connectAdmin(cluster).catch(() => undefined)
      if (one !== undefined) taken.push(one)
    }
    return {
      target: 'database',
      detail: `${taken.length} of ${FEW_CONNECTIONS} taken`,
      async heal() {
        const statement = `SET GLOBAL max_connections = ${limit?.most ?? 300}`
        // Over the one that has its place: those of the cluster are faster at every other.
        const isHealed = await admin.query(statement).then(
          () => true,
          () => false,
        )
        await heldBy([...taken, admin])()
        if (!isHealed) await healBy(cluster, [statement])
      },
    }
  },
}

async function endOthers(admin: Connection): Promise<void> {
  const others = await admin.query<{ id: bigint | number }[]>(
    "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'parley'",
  )
  // One that has ended by itself cannot be killed.
  for (const { id } of others) await admin.query(`KILL ${id}`).catch(() => undefined)
}

const lockWait: Fault = {
  name: 'database-lock-wait',
  needs: 'local',
  description: 'A transaction of somebody else holds the heads of half the rooms.',
  async start(stage, random) {
    const admin = await connectAdmin(clusterOf(stage))
    const rooms = await roomIds(admin)
    const held = rooms.filter(() => random() < 0.5)
    await admin.query('SET innodb_lock_wait_timeout = 2')
    await admin.beginTransaction()
    let locked = 0
    for (const id of held) {
      const lock = 'SELECT 1 FROM room_head WHERE room_id = ? FOR UPDATE'
      const isLocked = await admin.query(lock, [id]).then(
        () => true,
        () => false,
      )
      if (isLocked) locked += 1
    }
    return { target: 'database', detail: `${locked} rooms`, heal: heldBy([admin]) }
  },
}

const roomIds = async (connection: Connection): Promise<Buffer[]> => {
  const rows = await connection.query<{ room_id: Buffer }[]>(
    'SELECT room_id FROM room_head ORDER BY room_id LIMIT 200',
  )
  return rows.map(({ room_id: id }) => id)
}

const SCRATCH = 'parley_check_scratch'

const deadlocks: Fault = {
  name: 'database-deadlocks',
  needs: 'local',
  description:
    'A weightier transaction locks the heads of rooms in the wrong order, again and again.',
  async start(stage, random) {
    const cluster = clusterOf(stage)
    const admin = await connectAdmin(cluster)
    await admin.query(`CREATE TABLE IF NOT EXISTS ${SCRATCH} (n INT) ENGINE = InnoDB`)
    await admin.query('SET innodb_lock_wait_timeout = 2')
    const over = new AbortController()
    const locking = async (): Promise<void> => {
      while (!over.signal.aborted && stage.signal?.aborted !== true) {
        await lockBackwards(admin, integerBetween(random, 2, 20)).catch(() => sleep(50))
      }
    }
    const locked = locking()
    return {
      target: 'database',
      async heal() {
        over.abort()
        await locked
        admin.destroy()
        await healBy(cluster, [`DROP TABLE IF EXISTS ${SCRATCH}`])
      },
    }
  },
}

/** The one that has written less is the victim of a deadlock: this one has written much. */
async function lockBackwards(admin: Connection, pauseMs: number): Promise<void> {
  const rooms = await roomIds(admin)
  await admin.beginTransaction()
  try {
    const rows = Array.from({ length: 500 }, (_, n) => `(${n})`).join()
    await admin.query(`INSERT INTO ${SCRATCH} VALUES ${rows}`)
    for (const id of rooms.toReversed()) {
      await admin.query('SELECT 1 FROM room_head WHERE room_id = ? FOR UPDATE', [id])
      await sleep(pauseMs)
    }
  } finally {
    await admin.rollback()
  }
}

export const DATABASE_FAULTS: readonly Fault[] = [
  killed({
    name: 'database-kill',
    description: 'The database is killed with SIGKILL and stays away for a while.',
    target: 'database',
  }),
  ended({
    name: 'database-restart',
    description: 'The database ends in order and comes back.',
    target: 'database',
  }),
  readOnly,
  readLock,
  full,
  lockWait,
  deadlocks,
]
