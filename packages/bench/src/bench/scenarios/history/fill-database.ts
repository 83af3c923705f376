import { setTimeout as sleep } from 'node:timers/promises'
import { LaunchError } from '@parley/local-cluster'
import { clockMs } from '../../../clock.ts'
import { connect, type Connection } from './database.ts'
import {
  eventStatements,
  headStatement,
  NUMBERS,
  queueStatement,
  ROWS_AT_ONCE,
  unindexedStatement,
  type Statement,
} from './fill-statements.ts'
import type { RoomFill } from './filled-messages.ts'
import { relaxDatabase } from './relax-database.ts'

export interface Filling {
  readonly say: (step: string) => void
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

export interface Filled {
  readonly messages: number
  readonly rows: number
  readonly seconds: number
}

const LANES = 2
/** Between looks at how far the worker is. */
const LOOK_MS = 250
const SAY_EVERY_MS = 3_000
const NUMBERS_PER_STATEMENT = 10_000

async function createNumbers(connection: Connection): Promise<void> {
  await connection.query(`DROP TABLE IF EXISTS ${NUMBERS}`)
  await connection.query(
    `CREATE TABLE ${NUMBERS} (n INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE = InnoDB`,
  )
  for (let from = 0; from < ROWS_AT_ONCE; from += NUMBERS_PER_STATEMENT) {
    const rows = Array.from({ length: NUMBERS_PER_STATEMENT }, (_, n) => `(${from + n})`)
    await connection.query(`INSERT INTO ${NUMBERS} VALUES ${rows.join()}`)
  }
}

/** Counts rows, tells how fast they come, and ends what takes too long. */
class Meter {
  readonly #filling: Filling
  readonly #total: number
  readonly #startedAt = clockMs()
  #saidAt = clockMs()
  #rows = 0

  constructor(filling: Filling, total: number) {
    this.#filling = filling
    this.#total = total
  }

  get rows(): number {
    return this.#rows
  }

  get seconds(): number {
    return (clockMs() - this.#startedAt) / 1_000
  }

  add(rows: number): void {
    const { say, signal, timeoutMs } = this.#filling
    signal.throwIfAborted()
    this.#rows += rows
    const now = clockMs()
    if (now - this.#startedAt > timeoutMs) {
      throw new LaunchError(
        `Filling the database took longer than ${timeoutMs / 60_000} minutes: ${this.#rows} of ` +
          `${this.#total} rows were written. Ask for fewer messages.`,
      )
    }
    if (now - this.#saidAt < SAY_EVERY_MS) return
    this.#saidAt = now
    const share = Math.floor((this.#rows / this.#total) * 100)
    const rate = Math.round(this.#rows / this.seconds).toLocaleString('en')
    say(
      `Filling the database: ${share} % of ${this.#total.toLocaleString('en')} rows, ${rate} a second`,
    )
  }
}

async function run(connection: Connection, { sql, values }: Statement): Promise<number> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(sql, [...values])
  return affectedRows
}

/** Messages are in the index when the worker has put them there: it is told, and waited for. */
async function awaitIndex(
  connection: Connection,
  fills: readonly RoomFill[],
  meter: Meter,
  messages: number,
): Promise<void> {
  for (const fill of fills) await run(connection, queueStatement(fill))
  const { sql, values } = unindexedStatement(fills)
  for (let before = messages; before > 0;) {
    await sleep(LOOK_MS)
    const [row] = await connection.query<{ n: number }[]>(sql, [...values])
    const left = Math.min(before, row?.n ?? 0)
    meter.add(before - left)
    before = left
  }
}

/** Rooms that the API has made are given messages, as if they had been sent and indexed. */
export async function fillDatabase(
  databaseUrl: string,
  fills: readonly RoomFill[],
  filling: Filling,
): Promise<Filled> {
  const messages = fills.reduce((sum, { count }) => sum + count, 0)
  const connection = await connect(databaseUrl)
  const lanes = await Promise.all(Array.from({ length: LANES }, () => connect(databaseUrl)))
  const restore = await relaxDatabase(connection)
  try {
    await createNumbers(connection)
    // Each is written, and indexed.
    const meter = new Meter(filling, messages * 2)
    const rooms = fills.values()
    await Promise.all(
      lanes.map(async (lane) => {
        for (const fill of rooms) {
          for (const statement of eventStatements(fill)) meter.add(await run(lane, statement))
        }
      }),
    )
    for (const fill of fills) await run(connection, headStatement(fill))
    await awaitIndex(connection, fills, meter, messages)
    await connection.query(`DROP TABLE ${NUMBERS}`)
    // Plans are made of what is there now, and not of what was there in the middle.
    await connection.query('ANALYZE TABLE room_event, search_block, search_run, room_head')
    return { messages, rows: meter.rows, seconds: meter.seconds }
  } finally {
    await Promise.all(lanes.map((lane) => lane.end().catch(() => lane.destroy())))
    await restore()
    await connection.end()
  }
}
