import type { Pool } from '../connect.ts'

/** Small steps: a delete of many rows would hold their locks for long. */
const AT_ONCE = 1_000
const DELIVERY_DAYS = 14

/** What deleted webhooks left, and deliveries that nobody asks about any more. */
export function createForgetWebhooks(pool: Pool): (signal: AbortSignal) => Promise<void> {
  async function inSteps(sql: string, values: unknown[], signal: AbortSignal): Promise<void> {
    for (let deleted = AT_ONCE; deleted === AT_ONCE && !signal.aborted;) {
      const result = await pool.query<{ affectedRows: number }>(`${sql} LIMIT ${AT_ONCE}`, values)
      deleted = result.affectedRows
    }
  }

  return async (signal) => {
    await inSteps(
      `DELETE FROM webhook_delivery
       WHERE attempted_at < UTC_TIMESTAMP(3) - INTERVAL ${DELIVERY_DAYS} DAY`,
      [],
      signal,
    )
    const gone = await pool.query<{ id: Buffer }[]>(
      'SELECT id FROM webhook WHERE deleted_at IS NOT NULL LIMIT 100',
    )
    for (const { id } of gone) {
      await inSteps('DELETE FROM webhook_cursor WHERE webhook_id = ?', [id], signal)
      await inSteps('DELETE FROM webhook_delivery WHERE webhook_id = ?', [id], signal)
      if (!signal.aborted) await pool.query('DELETE FROM webhook WHERE id = ?', [id])
    }
  }
}
