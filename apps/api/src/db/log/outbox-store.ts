import type { RoomRange } from '../../jobs/job.ts'
import type { OutboxRow, OutboxStore } from '../../jobs/outbox-pump.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { fromKeys } from '../key-list.ts'

const toRanges = (json: string): RoomRange[] =>
  (JSON.parse(json) as [string, number, number][]).map(([roomId, fromSeq, toSeq]) => ({
    roomId,
    fromSeq,
    toSeq,
  }))

/** Key by key: a plan that scans would wait for the rows of another worker, and deadlock with it. */
async function deleteRows(connection: PoolConnection, ids: readonly [number][]): Promise<void> {
  const { from, values } = fromKeys('log_outbox', 'o', [['id', 'number']], ids)
  await connection.query(`DELETE o ${from}`, values)
}

/** Well before the time-outs that end a connection which says nothing. */
const PING_EVERY_MS = 3_000
/** What takes longer than this never ends: its rows are left to others. */
const LONGEST_HAND_OVER_MS = 5 * 60_000

/** The connection holds the locks of the rows, and would be ended if it were silent so long. */
async function keepAwake(connection: PoolConnection, doing: Promise<void>): Promise<void> {
  const until = Date.now() + LONGEST_HAND_OVER_MS
  const timer = setInterval(() => {
    if (Date.now() > until) clearInterval(timer)
    // Of a connection that is lost the deletion tells, which comes after it.
    else connection.ping().catch(() => undefined)
  }, PING_EVERY_MS)
  try {
    await doing
  } finally {
    clearInterval(timer)
  }
}

/** Rows are locked while they are handed over and deleted after it; other workers pass them by. */
export function createOutboxStore(pool: Pool): OutboxStore {
  return {
    async take(limit, except, handOver) {
      // Mostly there is nothing, and that is found without a transaction.
      const [some] = await pool.query<unknown[]>('SELECT 1 FROM log_outbox LIMIT 1')
      if (some === undefined) return 0
      const connection = await pool.getConnection()
      try {
        await connection.query('START TRANSACTION')
        const without =
          except.length === 0 ? '' : `WHERE id NOT IN (${except.map(() => '?').join()})`
        const found = await connection.query<{ id: number; ranges: string; age_ms: number }[]>(
          `SELECT id, ranges, TIMESTAMPDIFF(MICROSECOND, created_at, CURRENT_TIMESTAMP(3)) DIV 1000 AS age_ms
           FROM log_outbox ${without} ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
          [...except],
        )
        const rows: OutboxRow[] = found.map(({ id, ranges, age_ms }) => ({
          id,
          ranges: toRanges(ranges),
          ageMs: age_ms,
        }))
        if (rows.length > 0) {
          await keepAwake(connection, handOver(rows))
          await deleteRows(
            connection,
            rows.map(({ id }) => [id]),
          )
        }
        await connection.query('COMMIT')
        await connection.release()
        return rows.length
      } catch (error) {
        // Ends the transaction and its locks, whatever state it is in.
        connection.destroy()
        throw error
      }
    },
  }
}
