import type { WorkStatus } from '@parley/message-schema'
import type { Pool } from '../connect.ts'

const MOST = 10_000

/** How much of the log no worker has looked at: the rows are gone when one has. */
export const createOutboxLag =
  (pool: Pick<Pool, 'query'>) => async (): Promise<WorkStatus['outbox']> => {
    const [counted] = await pool.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM (SELECT 1 FROM log_outbox LIMIT ${MOST}) some`,
    )
    const [oldest] = await pool.query<{ age_ms: number }[]>(
      `SELECT TIMESTAMPDIFF(MICROSECOND, created_at, CURRENT_TIMESTAMP(3)) DIV 1000 AS age_ms
     FROM log_outbox ORDER BY id LIMIT 1`,
    )
    return { rows: counted?.n ?? 0, oldestMs: Math.max(0, oldest?.age_ms ?? 0) }
  }
