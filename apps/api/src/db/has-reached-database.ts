import type { Pool } from './connect.ts'

/**
 * Whether the database was ever reached, with the tables of the log in it. Once so it stays so: a
 * server that leaves the balancer because the database went away later helps nobody.
 */
export function createHasReachedDatabase(pool: Pick<Pool, 'query'>): () => Promise<boolean> {
  let reached = false
  return async () => {
    reached ||= await pool.query('SELECT 1 FROM log_outbox LIMIT 1').then(
      () => true,
      () => false,
    )
    return reached
  }
}
