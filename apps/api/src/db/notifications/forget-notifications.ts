import type { Pool } from '../connect.ts'

/** Small steps: a delete of many rows would hold their locks for long. */
const AT_ONCE = 1_000

const DELETES = [
  'DELETE FROM email_link WHERE expires_at < ?',
  // What was sent is in the room; what failed is shown for a while.
  `DELETE FROM scheduled_message WHERE ended_at < ? - INTERVAL 30 DAY`,
]

/** What nobody asks for any more. */
export function createForgetNotifications(pool: Pool, now: () => Date) {
  return async (signal: AbortSignal): Promise<void> => {
    for (const statement of DELETES) {
      let deleted = AT_ONCE
      while (deleted === AT_ONCE && !signal.aborted) {
        const result = await pool.query<{ affectedRows: number }>(`${statement} LIMIT ${AT_ONCE}`, [
          now(),
        ])
        deleted = result.affectedRows
      }
    }
  }
}
