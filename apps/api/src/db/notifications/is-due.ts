import type { Pool } from '../connect.ts'

/** Each has an index of its own. */
export type DueColumn =
  | 'notification_state.due_at'
  | 'notification_state.check_at'
  | 'push_send.due_at'
  | 'scheduled_message.due_at'
  | 'user_email.confirm_due_at'

/** Whether the time of any row has come. */
export async function isDue(
  pool: Pool,
  now: Date,
  ...columns: readonly DueColumn[]
): Promise<boolean> {
  const reads = columns.map((name) => {
    const [table, column] = name.split('.')
    return `(SELECT 1 FROM ${table} WHERE ${column} <= ? LIMIT 1)`
  })
  const rows = await pool.query<unknown[]>(
    reads.join(' UNION ALL '),
    columns.map(() => now),
  )
  return rows.length > 0
}
