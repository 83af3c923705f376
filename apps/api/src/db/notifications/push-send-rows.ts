import type { NotifyReason } from '../../notifications/decide-notification.ts'
import { toBytes } from '../binary-id.ts'
import type { PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'

/**
 * Devices that may still be pushed to: not those of a session that was ended, of a user who was
 * signed out everywhere since, or of one who is gone. `d` is the device.
 */
export const LIVING_DEVICE = `
  LEFT JOIN session living ON living.id = d.session_id
  JOIN user owner ON owner.id = d.user_id AND owner.erased_at IS NULL
    AND (owner.tokens_valid_after IS NULL OR owner.tokens_valid_after <= d.registered_at)
    AND (d.session_id IS NULL OR (living.revoked_at IS NULL AND living.expires_at > ?))`

export interface NewSend {
  readonly userId: string
  readonly roomId: string
  readonly kind: 'message' | 'clear'
  readonly seq: number
  readonly reason: NotifyReason
  readonly count: number
}

/** One a device, in place of what was not handed over yet of that room. */
export async function putSends(
  connection: PoolConnection,
  sends: readonly NewSend[],
  now: Date,
): Promise<void> {
  if (sends.length === 0) return
  const { table, values } = derivedTable(
    ['user_id', 'room_id', 'kind', 'seq', 'reason', 'amount'],
    sends.map(({ userId, roomId, kind, seq, reason, count }) => [
      userId,
      toBytes(roomId),
      kind,
      seq,
      reason,
      count,
    ]),
  )
  await connection.query(
    `INSERT INTO push_send (device_id, room_id, kind, seq, reason, count, attempts, due_at, claim)
     SELECT d.id, k.room_id, k.kind, k.seq, k.reason, k.amount, 0, CAST(? AS DATETIME(3)), NULL
     FROM ${table} k
     STRAIGHT_JOIN push_device d ON d.user_id = k.user_id COLLATE utf8mb4_bin
       AND (d.clears = 1 OR k.kind = 'message')
     ${LIVING_DEVICE}
     ORDER BY d.id, k.room_id
     ON DUPLICATE KEY UPDATE kind = VALUES(kind), seq = VALUES(seq), reason = VALUES(reason),
       count = VALUES(count), attempts = 0, due_at = VALUES(due_at), claim = NULL`,
    [now, ...values, now],
  )
}
