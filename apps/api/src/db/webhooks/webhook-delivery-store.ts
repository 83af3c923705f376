import type { WebhookDelivery } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { RepeatStore } from '../../webhooks/repeat-deliveries.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { LIVE } from './webhook-rows.ts'

interface DeliveryRow {
  readonly id: Buffer
  readonly room_id: Buffer
  readonly seq: number
  readonly event_type: string
  readonly status: WebhookDelivery['status']
  readonly attempts: number
  readonly status_code: number | null
  readonly duration_ms: number
  readonly error: string | null
  readonly next_attempt_at: Date | null
  readonly created_at: Date
  readonly attempted_at: Date
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  const roomId = fromBytes(row.room_id)
  return {
    id: fromBytes(row.id),
    messageId: `${roomId}:${row.seq}`,
    roomId,
    seq: row.seq,
    event: row.event_type,
    status: row.status,
    attempts: row.attempts,
    statusCode: row.status_code,
    durationMs: row.duration_ms,
    error: row.error,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    attemptedAt: row.attempted_at.toISOString(),
  }
}

export function createWebhookDeliveryStore(pool: Pool): RepeatStore {
  return {
    async list(webhookId, { before, after, status, limit }) {
      const conditions = ['webhook_id = ?']
      const values: unknown[] = [toBytes(webhookId)]
      const where = (condition: string, value: unknown): void => {
        conditions.push(condition)
        values.push(value)
      }
      if (before !== undefined) where('id < ?', toBytes(before))
      if (after !== undefined) where('id > ?', toBytes(after))
      if (status !== undefined) where('status = ?', status)
      const rows = await pool.query<DeliveryRow[]>(
        `SELECT * FROM webhook_delivery WHERE ${conditions.join(' AND ')}
         ORDER BY id ${after === undefined ? 'DESC' : 'ASC'} LIMIT ?`,
        [...values, limit],
      )
      return rows.map(toDelivery)
    },

    async find(webhookId, deliveryId) {
      const [row] = await pool.query<DeliveryRow[]>(
        'SELECT * FROM webhook_delivery WHERE id = ? AND webhook_id = ?',
        [toBytes(deliveryId), toBytes(webhookId)],
      )
      return row === undefined ? null : toDelivery(row)
    },

    async tryNow(webhookId, roomId, seq) {
      const result = await pool.query<{ affectedRows: number }>(
        `UPDATE webhook_cursor SET due_at = UTC_TIMESTAMP(3)
         WHERE webhook_id = ? AND room_id = ? AND next_seq = ? AND claim IS NULL
           AND failing_since IS NOT NULL`,
        [toBytes(webhookId), toBytes(roomId), seq],
      )
      return result.affectedRows > 0
    },

    async countReplays(webhookId) {
      const [row] = await pool.query<{ n: number }[]>(
        'SELECT COUNT(*) AS n FROM webhook_cursor WHERE webhook_id = ? AND replay_id <> ?',
        [toBytes(webhookId), LIVE],
      )
      return row?.n ?? 0
    },

    async addReplay(webhookId, roomId, fromSeq, toSeq) {
      await pool.query(
        `INSERT INTO webhook_cursor (webhook_id, room_id, replay_id, next_seq, to_seq, due_at)
         VALUES (?,?,?,?,?,UTC_TIMESTAMP(3))`,
        [toBytes(webhookId), toBytes(roomId), toBytes(uuidv7()), fromSeq, toSeq],
      )
    },
  }
}
