import { randomBytes } from 'node:crypto'
import type { Claim, DeliveryStore, Outcome } from '../../webhooks/deliver-room.ts'
import type { WebhookSettings } from '../../webhooks/webhook-settings.ts'
import { v7 as uuidv7 } from 'uuid'
import { writeAudit } from '../server/audit-store.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { LIVE, toSettings, type WebhookRow } from './webhook-rows.ts'

/** Longer than a delivery may take: after it others take the room from whoever died with it. */
const LEASE = 'UTC_TIMESTAMP(3) + INTERVAL 20 SECOND'
const HERE = 'webhook_id = ? AND room_id = ? AND replay_id = ?'

interface CursorRow {
  readonly room_id: Buffer
  readonly replay_id: Buffer
  readonly next_seq: number
  readonly to_seq: number
  readonly attempts: number
  readonly failing_since: Date | null
}

const keyOf = (claim: Claim): Buffer[] => [
  toBytes(claim.webhookId),
  toBytes(claim.roomId),
  claim.replayId === null ? LIVE : toBytes(claim.replayId),
]
const hasMoved = (result: { affectedRows: number }): boolean => result.affectedRows > 0

export interface WebhookCursorStore extends DeliveryStore {
  readonly find: (webhookId: string) => Promise<WebhookSettings | null>
  /** The room that has waited longest; nobody else has it until the claim is given back or over. */
  readonly claim: (webhookId: string) => Promise<Claim | null>
  /** Webhooks that something is to be sent to now. */
  readonly findDue: () => Promise<string[]>
}

function claimFrom(webhookId: string, row: CursorRow, token: Buffer): Claim {
  return {
    webhookId,
    roomId: fromBytes(row.room_id),
    replayId: row.replay_id.equals(LIVE) ? null : fromBytes(row.replay_id),
    token,
    nextSeq: row.next_seq,
    toSeq: row.to_seq,
    attempts: row.attempts,
    failingSince: row.failing_since,
  }
}

/** One row an event that was sent: that it was tried, and what came of it. */
function recordDelivery(pool: Pool, claim: Claim, outcome: Outcome): Promise<unknown> {
  const { event, result, status, nextAttemptAt } = outcome
  const now = new Date()
  return pool.query(
    `INSERT INTO webhook_delivery (id, webhook_id, room_id, seq, event_type, status, attempts,
       status_code, duration_ms, error, next_attempt_at, created_at, attempted_at)
     VALUES (?,?,?,?,?,?,1,?,?,?,?,?,?)
     ON DUPLICATE KEY UPDATE status = VALUES(status), attempts = attempts + 1,
       status_code = VALUES(status_code), duration_ms = VALUES(duration_ms),
       error = VALUES(error), next_attempt_at = VALUES(next_attempt_at),
       attempted_at = VALUES(attempted_at)`,
    [
      toBytes(uuidv7()),
      toBytes(claim.webhookId),
      toBytes(claim.roomId),
      event.seq,
      event.type,
      status,
      result.statusCode,
      result.durationMs,
      result.error?.slice(0, 300) ?? null,
      nextAttemptAt,
      now,
      now,
    ],
  )
}

/** Of webhooks as a whole. */
function webhookStates(
  pool: Pool,
): Pick<WebhookCursorStore, 'find' | 'hold' | 'disable' | 'findDue'> {
  return {
    async find(webhookId) {
      const [row] = await pool.query<WebhookRow[]>(
        'SELECT * FROM webhook WHERE id = ? AND deleted_at IS NULL',
        [toBytes(webhookId)],
      )
      return row === undefined ? null : toSettings(row)
    },

    async hold(webhookId, until) {
      await pool.query('UPDATE webhook SET hold_until = ? WHERE id = ?', [
        until,
        toBytes(webhookId),
      ])
    },

    disable: (webhookId, reason) =>
      inTransaction(pool, async (connection) => {
        const result = await connection.query<{ affectedRows: number }>(
          `UPDATE webhook SET disabled_at = UTC_TIMESTAMP(3), disabled_reason = ?
           WHERE id = ? AND disabled_at IS NULL`,
          [reason, toBytes(webhookId)],
        )
        if (!hasMoved(result)) return
        const audit = {
          actorId: 'webhooks',
          actorKind: 'system',
          action: 'webhook:disable',
        } as const
        await writeAudit(connection, [{ ...audit, targetId: webhookId, details: { reason } }])
      }),

    async findDue() {
      const rows = await pool.query<{ id: Buffer }[]>(
        `SELECT w.id FROM webhook w
         WHERE w.deleted_at IS NULL AND w.disabled_at IS NULL
           AND (w.hold_until IS NULL OR w.hold_until <= UTC_TIMESTAMP(3))
           AND EXISTS (SELECT 1 FROM webhook_cursor c
                       WHERE c.webhook_id = w.id AND c.due_at <= UTC_TIMESTAMP(3))`,
      )
      return rows.map(({ id }) => fromBytes(id))
    },
  }
}

export function createWebhookCursorStore(pool: Pool): WebhookCursorStore {
  const update = async (sql: string, values: readonly unknown[]): Promise<boolean> =>
    hasMoved(await pool.query<{ affectedRows: number }>(sql, [...values]))

  async function drop(claim: Claim): Promise<void> {
    const values = [...keyOf(claim), claim.token]
    await update(`DELETE FROM webhook_cursor WHERE ${HERE} AND claim = ?`, values)
  }

  return {
    ...webhookStates(pool),

    claim: (webhookId) =>
      inTransaction(pool, async (connection) => {
        const id = toBytes(webhookId)
        const [row] = await connection.query<CursorRow[]>(
          `SELECT room_id, replay_id, next_seq, to_seq, attempts, failing_since
           FROM webhook_cursor WHERE webhook_id = ? AND due_at <= UTC_TIMESTAMP(3)
           ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
          [id],
        )
        if (row === undefined) return null
        const token = randomBytes(16)
        await connection.query(
          `UPDATE webhook_cursor SET claim = ?, due_at = ${LEASE} WHERE ${HERE}`,
          [token, id, row.room_id, row.replay_id],
        )
        return claimFrom(webhookId, row, token)
      }),

    async delivered(claim, outcome) {
      const [isMine] = await Promise.all([
        update(
          `UPDATE webhook_cursor SET next_seq = ?, attempts = 0, failing_since = NULL,
             due_at = ${LEASE} WHERE ${HERE} AND claim = ?`,
          [outcome.event.seq + 1, ...keyOf(claim), claim.token],
        ),
        recordDelivery(pool, claim, outcome),
      ])
      return isMine
    },

    async failed(claim, outcome, delayMs) {
      if (delayMs === null) {
        await Promise.all([drop(claim), recordDelivery(pool, claim, outcome)])
        return
      }
      await Promise.all([
        update(
          `UPDATE webhook_cursor SET next_seq = ?, claim = NULL, attempts = attempts + 1,
             failing_since = COALESCE(failing_since, UTC_TIMESTAMP(3)),
             due_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE ${HERE} AND claim = ?`,
          [outcome.event.seq, delayMs * 1_000, ...keyOf(claim), claim.token],
        ),
        recordDelivery(pool, claim, outcome),
      ])
    },

    async release(claim, nextSeq) {
      await update(
        `UPDATE webhook_cursor SET next_seq = ?, claim = NULL,
           due_at = IF(to_seq >= ?, UTC_TIMESTAMP(3), NULL) WHERE ${HERE} AND claim = ?`,
        [nextSeq, nextSeq, ...keyOf(claim), claim.token],
      )
      if (claim.replayId === null) return
      await update(`DELETE FROM webhook_cursor WHERE ${HERE} AND next_seq > to_seq`, keyOf(claim))
    },

    drop,
  }
}
