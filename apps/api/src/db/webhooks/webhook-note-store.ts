import type { MovedRoom, NewCursor, NoteStore } from '../../webhooks/note-ranges.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { retryAdviceOf } from '../database-errors.ts'
import { fromKeys } from '../key-list.ts'
import { LIVE, toSettings, type WebhookRow } from './webhook-rows.ts'

const AT_ONCE = 500
const ATTEMPTS = 5

const CURSOR_KEY = [
  ['webhook_id', 'binary'],
  ['room_id', 'binary'],
  ['replay_id', 'binary'],
] as const

const keyOf = ({ webhookId, roomId }: MovedRoom): Buffer[] => [
  toBytes(webhookId),
  toBytes(roomId),
  LIVE,
]
const nameOf = ({ webhookId, roomId }: Pick<MovedRoom, 'webhookId' | 'roomId'>): string =>
  `${webhookId}/${roomId}`

/** In one order, so that workers side by side wait for each other and do not lock each other out. */
const inOrder = <Moved extends MovedRoom>(moved: readonly Moved[]): Moved[] =>
  moved.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))

async function untilNotLost<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt === ATTEMPTS || retryAdviceOf(error) !== 'again') throw error
    }
  }
}

/** Nobody moves a cursor back: what was noted twice, or late, changes nothing. */
const EXTENDED = `to_seq = GREATEST(to_seq, VALUES(to_seq)),
  due_at = COALESCE(due_at, VALUES(due_at))`

export function createWebhookNoteStore(pool: Pool): NoteStore {
  async function upsert(cursors: readonly NewCursor[]): Promise<void> {
    const one = '(?,?,?,?,?,UTC_TIMESTAMP(3))'
    await untilNotLost(() =>
      pool.query(
        `INSERT INTO webhook_cursor (webhook_id, room_id, replay_id, next_seq, to_seq, due_at)
         VALUES ${cursors.map(() => one).join()} ON DUPLICATE KEY UPDATE ${EXTENDED}`,
        cursors.flatMap((cursor) => [...keyOf(cursor), cursor.nextSeq, cursor.toSeq]),
      ),
    )
  }

  async function extendSome(moved: readonly MovedRoom[]): Promise<MovedRoom[]> {
    const { from, values } = fromKeys('webhook_cursor', 'c', CURSOR_KEY, moved.map(keyOf))
    const rows = await pool.query<{ webhook_id: Buffer; room_id: Buffer; next_seq: number }[]>(
      `SELECT c.webhook_id, c.room_id, c.next_seq ${from}`,
      values,
    )
    const nextSeqs = new Map(
      rows.map((row) => {
        const pair = { webhookId: fromBytes(row.webhook_id), roomId: fromBytes(row.room_id) }
        return [nameOf(pair), row.next_seq]
      }),
    )
    // What was handed over before, and is sent already, makes nothing due.
    const newer = moved.filter((one) => one.toSeq >= (nextSeqs.get(nameOf(one)) ?? Infinity))
    if (newer.length > 0) {
      await upsert(newer.map((one) => ({ ...one, nextSeq: nextSeqs.get(nameOf(one)) ?? 1 })))
    }
    return moved.filter((one) => !nextSeqs.has(nameOf(one)))
  }

  return {
    async webhooks() {
      const rows = await pool.query<WebhookRow[]>('SELECT * FROM webhook WHERE deleted_at IS NULL')
      return rows.map((row) => toSettings(row))
    },

    async extend(moved) {
      const missing: MovedRoom[] = []
      const ordered = inOrder(moved)
      for (let from = 0; from < ordered.length; from += AT_ONCE) {
        missing.push(...(await extendSome(ordered.slice(from, from + AT_ONCE))))
      }
      return missing
    },

    async lastBefore(roomId, seq, time) {
      const [row] = await pool.query<{ seq: number }[]>(
        `SELECT seq FROM room_event WHERE room_id = ? AND seq <= ? AND ts < ?
         ORDER BY seq DESC LIMIT 1`,
        [toBytes(roomId), seq, time],
      )
      return row?.seq ?? 0
    },

    async create(cursors) {
      const ordered = inOrder(cursors)
      for (let from = 0; from < ordered.length; from += AT_ONCE) {
        await upsert(ordered.slice(from, from + AT_ONCE))
      }
    },
  }
}
