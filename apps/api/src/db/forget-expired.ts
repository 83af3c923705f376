import type { Logger } from '@parley/server-kit'
import type { Pool } from './connect.ts'

const EVERY_MS = 15 * 60_000
/** Small steps: a delete of many rows would hold their locks for long. */
const AT_ONCE = 1_000
/** Sessions are remembered after their end, so that reuse of a token is still told from nonsense. */
const SESSION_DAYS = 7
const IDEMPOTENCY_DAYS = 7
/** No request is on its way for longer, whatever was halted. */
const RETRY_DAYS = 1
/** Whoever comes late is told for so long that there was an invite. */
const INVITE_DAYS = 7
/** A key is shown as revoked for so long. */
const REVOKED_KEY_DAYS = 90
const STAT_DAYS = 400
const SETTLED_REPORT_DAYS = 365

const DELETES = [
  `DELETE FROM session WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL ${SESSION_DAYS} DAY`,
  `DELETE FROM idempotency_key WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ${IDEMPOTENCY_DAYS} DAY`,
  `DELETE FROM request_claim WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ${IDEMPOTENCY_DAYS} DAY`,
  `DELETE FROM command_retry WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ${RETRY_DAYS} DAY`,
  `DELETE FROM room_invite WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL ${INVITE_DAYS} DAY`,
  `DELETE FROM api_key WHERE revoked_at < UTC_TIMESTAMP(3) - INTERVAL ${REVOKED_KEY_DAYS} DAY`,
  `DELETE FROM report WHERE settled_at < UTC_TIMESTAMP(3) - INTERVAL ${SETTLED_REPORT_DAYS} DAY`,
  `DELETE FROM stat_sample WHERE at < UTC_TIMESTAMP(3) - INTERVAL ${STAT_DAYS} DAY`,
]

/** All that is older than it is kept for. */
export async function forgetExpired(pool: Pool): Promise<void> {
  for (const statement of DELETES) {
    let deleted = AT_ONCE
    while (deleted === AT_ONCE) {
      const result = await pool.query<{ affectedRows: number }>(`${statement} LIMIT ${AT_ONCE}`)
      deleted = result.affectedRows
    }
  }
}

/** Every replica does it: what one has deleted the other does not find. */
export function startForgetting(pool: Pool, logger: Logger): { readonly stop: () => void } {
  const timer = setInterval(() => {
    forgetExpired(pool).catch((error: unknown) => {
      logger.warn({ err: error }, 'could not delete what has expired')
    })
  }, EVERY_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
