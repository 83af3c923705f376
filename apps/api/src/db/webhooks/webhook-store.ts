import type { Webhook } from '@parley/message-schema'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import type { PostTarget } from '../../webhooks/post-webhook.ts'
import { writeAudit } from '../server/audit-store.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { LIVE, toSettings, toWebhook, type WebhookRow } from './webhook-rows.ts'

export interface NewWebhook {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly events: readonly string[] | null
  readonly roomIds: readonly string[] | null
  readonly secret: Buffer
  readonly isDisabled: boolean
  readonly createdAt: Date
  readonly createdBy: string
  /** Events from before are not sent. */
  readonly startsAt: Date
}

export interface WebhookChange {
  readonly url?: string | undefined
  readonly description?: string | undefined
  readonly events?: readonly string[] | null | undefined
  readonly roomIds?: readonly string[] | null | undefined
}

export interface WebhookStore {
  readonly list: (after: string | undefined, limit: number) => Promise<Webhook[]>
  readonly find: (id: string) => Promise<Webhook | null>
  readonly target: (id: string) => Promise<PostTarget | null>
  readonly count: () => Promise<number>
  /** In rooms that are named it begins behind their heads as they are now. */
  readonly create: (webhook: NewWebhook, audit: AuditEntry) => Promise<void>
  readonly change: (id: string, change: WebhookChange, audit: AuditEntry) => Promise<void>
  readonly disable: (id: string, reason: string, audit: AuditEntry) => Promise<void>
  /** `startsAt`: what came before is left out. Without it every room goes on where it stopped. */
  readonly enable: (id: string, startsAt: Date | undefined, audit: AuditEntry) => Promise<void>
  readonly rotate: (
    id: string,
    rotation: { readonly secret: Buffer; readonly previousUntil: Date },
    audit: AuditEntry,
  ) => Promise<void>
  readonly remove: (id: string, audit: AuditEntry) => Promise<void>
}

/** With the moment since which a room fails, which an index knows. */
const SELECT = `SELECT w.*, (SELECT MIN(c.failing_since) FROM webhook_cursor c
  WHERE c.webhook_id = w.id AND c.failing_since IS NOT NULL) AS failing_since FROM webhook w`
const marks = (list: readonly unknown[]): string => list.map(() => '?').join()
const json = (list: readonly string[] | null): string | null =>
  list === null ? null : JSON.stringify(list)
const DELETED_AT_ONCE = 5_000

/** Cursors of rooms that were not followed yet, at the rooms' heads. */
async function followFromNow(
  connection: PoolConnection,
  webhookId: Buffer,
  roomIds: readonly string[],
): Promise<void> {
  await connection.query(
    `INSERT IGNORE INTO webhook_cursor (webhook_id, room_id, replay_id, next_seq, to_seq)
     SELECT ?, room_id, ?, head + 1, head FROM room_head WHERE room_id IN (${marks(roomIds)})`,
    [webhookId, LIVE, ...roomIds.map(toBytes)],
  )
}

/** Rooms that come to the list begin now; those that leave it would else go on where they stopped. */
async function changeRooms(
  connection: PoolConnection,
  id: Buffer,
  roomIds: readonly string[] | null,
): Promise<void> {
  if (roomIds === null) {
    await connection.query('UPDATE webhook SET starts_at = ? WHERE id = ?', [new Date(), id])
    return
  }
  await connection.query(
    `DELETE FROM webhook_cursor
     WHERE webhook_id = ? AND replay_id = ? AND room_id NOT IN (${marks(roomIds)})`,
    [id, LIVE, ...roomIds.map(toBytes)],
  )
  await followFromNow(connection, id, roomIds)
}

/** With what is written down of it, or not at all. */
type Write = (
  audit: AuditEntry,
  run: (connection: PoolConnection) => Promise<unknown>,
) => Promise<void>

function reading(pool: Pool): Pick<WebhookStore, 'list' | 'find' | 'target' | 'count'> {
  async function findRow(id: string): Promise<WebhookRow | undefined> {
    const [row] = await pool.query<WebhookRow[]>(
      `${SELECT} WHERE w.id = ? AND w.deleted_at IS NULL`,
      [toBytes(id)],
    )
    return row
  }

  return {
    async list(after, limit) {
      const rows = await pool.query<WebhookRow[]>(
        `${SELECT} WHERE w.deleted_at IS NULL AND w.id > ? ORDER BY w.id LIMIT ?`,
        [after === undefined ? LIVE : toBytes(after), limit],
      )
      return rows.map((row) => toWebhook(row))
    },

    async find(id) {
      const row = await findRow(id)
      return row === undefined ? null : toWebhook(row)
    },

    async target(id) {
      const row = await findRow(id)
      return row === undefined ? null : toSettings(row)
    },

    async count() {
      const [row] = await pool.query<{ n: number }[]>(
        'SELECT COUNT(*) AS n FROM webhook WHERE deleted_at IS NULL',
      )
      return row?.n ?? 0
    },
  }
}

function making(write: Write): Pick<WebhookStore, 'create' | 'change'> {
  return {
    create: (webhook, audit) =>
      write(audit, async (connection) => {
        const id = toBytes(webhook.id)
        await connection.query(
          `INSERT INTO webhook (id, url, description, events, room_ids, secret, starts_at,
             disabled_at, disabled_reason, created_at, created_by)
           VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
          [
            id,
            webhook.url,
            webhook.description,
            json(webhook.events),
            json(webhook.roomIds),
            webhook.secret,
            webhook.startsAt,
            webhook.isDisabled ? webhook.createdAt : null,
            webhook.isDisabled ? 'It was made so.' : null,
            webhook.createdAt,
            webhook.createdBy,
          ],
        )
        if (webhook.roomIds !== null) await followFromNow(connection, id, webhook.roomIds)
      }),

    change: (id, change, audit) =>
      write(audit, async (connection) => {
        const sets: [string, unknown][] = []
        if (change.url !== undefined) sets.push(['url', change.url], ['hold_until', null])
        if (change.description !== undefined) sets.push(['description', change.description])
        if (change.events !== undefined) sets.push(['events', json(change.events)])
        if (change.roomIds !== undefined) sets.push(['room_ids', json(change.roomIds)])
        if (sets.length === 0) return
        const columns = sets.map(([column]) => `${column} = ?`).join()
        const values = sets.map(([, value]) => value)
        await connection.query(`UPDATE webhook SET ${columns} WHERE id = ?`, [
          ...values,
          toBytes(id),
        ])
        if (change.roomIds !== undefined) await changeRooms(connection, toBytes(id), change.roomIds)
      }),
  }
}

function switching(pool: Pool, write: Write): Pick<WebhookStore, 'disable' | 'enable'> {
  async function deleteCursors(id: Buffer): Promise<void> {
    for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE;) {
      const result = await pool.query<{ affectedRows: number }>(
        `DELETE FROM webhook_cursor WHERE webhook_id = ? AND replay_id = ? LIMIT ${DELETED_AT_ONCE}`,
        [id, LIVE],
      )
      deleted = result.affectedRows
    }
  }

  return {
    disable: (id, reason, audit) =>
      write(audit, (connection) =>
        connection.query(
          `UPDATE webhook SET disabled_at = UTC_TIMESTAMP(3), disabled_reason = ?
           WHERE id = ? AND disabled_at IS NULL`,
          [reason, toBytes(id)],
        ),
      ),

    async enable(id, startsAt, audit) {
      if (startsAt !== undefined) {
        await pool.query('UPDATE webhook SET starts_at = ? WHERE id = ?', [startsAt, toBytes(id)])
        await deleteCursors(toBytes(id))
      }
      await write(audit, async (connection) => {
        await connection.query(
          `UPDATE webhook_cursor SET attempts = 0, failing_since = NULL, due_at = UTC_TIMESTAMP(3)
           WHERE webhook_id = ? AND failing_since IS NOT NULL AND claim IS NULL`,
          [toBytes(id)],
        )
        await connection.query(
          `UPDATE webhook SET disabled_at = NULL, disabled_reason = NULL, hold_until = NULL
           WHERE id = ?`,
          [toBytes(id)],
        )
      })
    },
  }
}

export function createWebhookStore(pool: Pool): WebhookStore {
  const write: Write = (audit, run) =>
    inTransaction(pool, async (connection) => {
      await run(connection)
      await writeAudit(connection, [audit])
    })

  return {
    ...reading(pool),
    ...making(write),
    ...switching(pool, write),

    // MySQL sets the columns in this order: what was the secret becomes the previous one first.
    rotate: (id, { secret, previousUntil }, audit) =>
      write(audit, (connection) =>
        connection.query(
          `UPDATE webhook SET previous_secret = secret, previous_until = ?, secret = ?
           WHERE id = ?`,
          [previousUntil, secret, toBytes(id)],
        ),
      ),

    // What it has left is deleted by a job, in steps; the secrets go at once.
    remove: (id, audit) =>
      write(audit, (connection) =>
        connection.query(
          `UPDATE webhook SET deleted_at = UTC_TIMESTAMP(3), secret = '', previous_secret = NULL
           WHERE id = ?`,
          [toBytes(id)],
        ),
      ),
  }
}
