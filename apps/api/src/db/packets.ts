import type { PoolConnection } from './connect.ts'

/** What asks the database, one statement a call. */
export type Queries = Pick<PoolConnection, 'query'>

interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** Far below the least `max_allowed_packet` that is usual, escaped and all. */
const PACKET_BYTES = 512 * 1024

function weigh(values: readonly unknown[]): number {
  let bytes = 0
  for (const value of values) {
    if (typeof value === 'string' || Buffer.isBuffer(value)) bytes += value.length
  }
  return bytes
}

/**
 * Statements that are asked for in the same turn travel as one packet, in their order: one write and one
 * answer for all of them. The first that fails ends it, those behind it are not run, and all are told.
 * Needs a connection that allows several statements a packet.
 */
export function inPackets(connection: Queries): Queries {
  let waiting: Statement[] = []

  async function sendAlone({ sql, values, resolve, reject }: Statement): Promise<void> {
    await connection.query<never>(sql, [...values]).then(resolve, reject)
  }

  async function send(): Promise<void> {
    const statements = waiting
    waiting = []
    const [first] = statements
    if (first === undefined) return
    if (statements.length === 1) return sendAlone(first)
    const values = statements.flatMap((statement) => statement.values)
    try {
      if (weigh(values) > PACKET_BYTES) {
        for (const { sql, values: own, resolve } of statements)
          resolve(await connection.query<never>(sql, [...own]))
        return
      }
      const sql = statements.map((statement) => statement.sql).join(';')
      const results = await connection.query<never[]>(sql, values)
      for (const [index, { resolve }] of statements.entries()) resolve(results[index] as never)
    } catch (error) {
      for (const { reject } of statements) reject(error)
    }
  }

  return {
    query: <Result>(sql: unknown, values: unknown = []) =>
      new Promise<Result>((resolve, reject) => {
        if (typeof sql !== 'string' || !Array.isArray(values))
          throw new TypeError('A statement of a packet is text with a list of values.')
        if (waiting.push({ sql, values, resolve, reject }) === 1) queueMicrotask(() => void send())
      }),
  }
}
