import { isDeepStrictEqual } from 'node:util'
import {
  LIMITS,
  type ErrorCode,
  type ScheduledMessage,
  type ScheduledStatus,
} from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { DueMessage, DueMessageStore } from '../../scheduled/send-scheduled.ts'
import type {
  MessageDraft,
  NewScheduled,
  ScheduledStore,
} from '../../scheduled/scheduled-messages.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { putOffMessages } from './put-off-messages.ts'

interface Row {
  readonly id: Buffer
  readonly user_id: string
  readonly room_id: Buffer
  readonly client_msg_id: Buffer
  readonly send_at: Date
  readonly draft: string
  readonly status: ScheduledStatus
  readonly attempts: number
  readonly seq: number | null
  readonly error: string | null
  readonly created_at: Date
}

const SELECT = `SELECT id, user_id, room_id, client_msg_id, send_at, draft, status, attempts, seq,
  error, created_at FROM scheduled_message`

const toScheduled = (row: Row): ScheduledMessage => ({
  id: fromBytes(row.id),
  roomId: fromBytes(row.room_id),
  sendAt: row.send_at.toISOString(),
  status: row.status,
  message: JSON.parse(row.draft) as MessageDraft,
  clientMsgId: fromBytes(row.client_msg_id),
  ...(row.seq !== null && { seq: row.seq }),
  ...(row.error !== null && {
    error: JSON.parse(row.error) as { code: ErrorCode; message: string },
  }),
  createdAt: row.created_at.toISOString(),
})

const toDue = (row: Row): DueMessage => ({
  id: fromBytes(row.id),
  userId: row.user_id,
  roomId: fromBytes(row.room_id),
  clientMsgId: fromBytes(row.client_msg_id),
  message: JSON.parse(row.draft) as MessageDraft,
  attempts: row.attempts + 1,
  isTried: row.status === 'sending',
})

/** One at a time for a user, so that the limit holds. */
async function isFull(connection: PoolConnection, userId: string): Promise<boolean> {
  await connection.query('SELECT id FROM user WHERE id = ? FOR UPDATE', [userId])
  const [row] = await connection.query<{ waiting: number }[]>(
    `SELECT COUNT(*) AS waiting FROM scheduled_message
     WHERE user_id = ? AND status IN ('pending', 'sending')`,
    [userId],
  )
  return Number(row?.waiting) >= LIMITS.scheduledMessages
}

async function findOwn(
  connection: Pick<PoolConnection, 'query'>,
  userId: string,
  id: string,
): Promise<Row | undefined> {
  const [row] = await connection.query<Row[]>(`${SELECT} WHERE id = ? AND user_id = ? FOR UPDATE`, [
    toBytes(id),
    userId,
  ])
  return row
}

async function findEarlier(
  connection: Pick<PoolConnection, 'query'>,
  { userId, roomId, clientMsgId, sendAt, message }: NewScheduled,
): ReturnType<ScheduledStore['findEarlier']> {
  if (clientMsgId === undefined) return null
  const [earlier] = await connection.query<Row[]>(
    `${SELECT} WHERE user_id = ? AND room_id = ? AND client_msg_id = ?`,
    [userId, toBytes(roomId), toBytes(clientMsgId)],
  )
  if (earlier === undefined) return null
  const there = toScheduled(earlier)
  const isSame = there.sendAt === sendAt.toISOString() && isDeepStrictEqual(there.message, message)
  return isSame ? there : 'mismatch'
}

async function create(
  connection: PoolConnection,
  scheduled: NewScheduled,
  now: Date,
): ReturnType<ScheduledStore['create']> {
  const { userId, roomId, clientMsgId, sendAt, message } = scheduled
  const full = await isFull(connection, userId)
  const earlier = await findEarlier(connection, scheduled)
  if (earlier !== null) return earlier
  if (full) return 'full'
  const id = uuidv7()
  const once = toBytes(clientMsgId ?? uuidv7())
  await connection.query(
    `INSERT INTO scheduled_message
       (id, user_id, room_id, client_msg_id, send_at, draft, status, due_at, created_at)
     VALUES (?,?,?,?,?,?,'pending',?,?)`,
    [toBytes(id), userId, toBytes(roomId), once, sendAt, JSON.stringify(message), sendAt, now],
  )
  const row = await findOwn(connection, userId, id)
  if (row === undefined) throw new Error('A scheduled message was made and is not there.')
  return toScheduled(row)
}

export function createScheduledStore(pool: Pool): ScheduledStore {
  return {
    findEarlier: (scheduled) => findEarlier(pool, scheduled),
    create: (scheduled, now) =>
      inTransaction(pool, (connection) => create(connection, scheduled, now)),

    async list(userId, status, after, limit) {
      const rows = await pool.query<Row[]>(
        `${SELECT} WHERE user_id = ? ${status === undefined ? '' : 'AND status = ?'}
         ${after === undefined ? '' : 'AND id > ?'} ORDER BY id LIMIT ?`,
        [
          userId,
          ...(status === undefined ? [] : [status]),
          ...(after === undefined ? [] : [toBytes(after)]),
          limit,
        ],
      )
      return rows.map(toScheduled)
    },

    change: (userId, id, { sendAt, message }) =>
      inTransaction(pool, async (connection) => {
        const full = await isFull(connection, userId)
        const row = await findOwn(connection, userId, id)
        if (row === undefined) return null
        if (row.status === 'sending' || row.status === 'sent') return 'busy'
        if (row.status === 'failed' && full) return 'full'
        await connection.query(
          `UPDATE scheduled_message
           SET send_at = ?, due_at = ?, draft = ?, status = 'pending', attempts = 0, error = NULL,
               ended_at = NULL
           WHERE id = ?`,
          [
            sendAt ?? row.send_at,
            sendAt ?? row.send_at,
            message === undefined ? row.draft : JSON.stringify(message),
            row.id,
          ],
        )
        const changed = await findOwn(connection, userId, id)
        return changed === undefined ? null : toScheduled(changed)
      }),

    remove: (userId, id) =>
      inTransaction(pool, async (connection) => {
        const row = await findOwn(connection, userId, id)
        if (row === undefined) return null
        if (row.status === 'sending') return 'busy'
        await connection.query('DELETE FROM scheduled_message WHERE id = ?', [row.id])
        return 'removed'
      }),
  }
}

/** By whoever took it for this attempt, and by nobody since. */
const IS_HELD = "id = ? AND status = 'sending' AND attempts = ?"

export function createDueMessageStore(pool: Pool): DueMessageStore {
  return {
    take: (now, limit, leaseMs) =>
      inTransaction(pool, async (connection) => {
        const rows = await connection.query<Row[]>(
          `${SELECT} WHERE due_at <= ? ORDER BY due_at, id LIMIT ? FOR UPDATE SKIP LOCKED`,
          [now, limit],
        )
        if (rows.length === 0) return []
        await connection.query(
          `UPDATE scheduled_message SET status = 'sending', attempts = attempts + 1, due_at = ?
           WHERE id IN (${rows.map(() => '?').join()})`,
          [new Date(now.getTime() + leaseMs), ...rows.map(({ id }) => id)],
        )
        return rows.map(toDue)
      }),

    async sent(id, seq, now) {
      await pool.query(
        `UPDATE scheduled_message SET status = 'sent', due_at = NULL, seq = ?, error = NULL,
           ended_at = ? WHERE id = ?`,
        [seq, now, toBytes(id)],
      )
    },

    async failed({ id, attempts }, error, now) {
      await pool.query(
        `UPDATE scheduled_message SET status = 'failed', due_at = NULL, error = ?, ended_at = ?
         WHERE ${IS_HELD}`,
        [JSON.stringify(error), now, toBytes(id), attempts],
      )
    },

    async again({ id, attempts }, at, isKnown) {
      await pool.query(`UPDATE scheduled_message SET status = ?, due_at = ? WHERE ${IS_HELD}`, [
        isKnown ? 'pending' : 'sending',
        at,
        toBytes(id),
        attempts,
      ])
    },

    putOff: (tooFast) => inTransaction(pool, (connection) => putOffMessages(connection, tooFast)),
  }
}

/** Of files that are in no message yet: when somebody looks whether they are still wanted. */
export const createHoldFiles =
  (pool: Pool) =>
  async (userId: string, ids: readonly string[], until: Date): Promise<void> => {
    await pool.query(
      `UPDATE file SET check_at = GREATEST(check_at, ?)
       WHERE id IN (${ids.map(() => '?').join()}) AND owner_id = ? AND check_at IS NOT NULL
         AND removed_at IS NULL`,
      [until, ...ids.map(toBytes), userId],
    )
  }
