import type { ReportReason, SettleAction } from '@parley/message-schema'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { writeAudit } from '../server/audit-store.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { WORD_LIST } from './report-rows.ts'
import { inTransaction } from '../transaction.ts'

export interface StoredReport {
  readonly id: string
  readonly roomId: string
  readonly seq: number
  readonly authorId: string
  /** `null`: the word list. */
  readonly reporterId: string | null
  readonly reason: ReportReason | 'word'
  readonly note: string | null
  readonly createdAt: Date
  readonly isOpen: boolean
  readonly outcome: SettleAction | null
  readonly settledBy: string | null
  readonly settledAt: Date | null
}

export interface ReportDraft {
  readonly id: string
  readonly roomId: string
  readonly seq: number
  readonly authorId: string
  readonly reporterId: string
  readonly reason: ReportReason
  readonly note: string | null
  readonly createdAt: Date
}

export interface ReportQuery {
  /** `undefined`: all rooms. */
  readonly roomIds: readonly string[] | undefined
  /** Whose messages are left out. */
  readonly notOf: string | undefined
  readonly isOpen: boolean
  readonly after: string | undefined
  readonly limit: number
}

export interface Settlement {
  readonly roomId: string
  readonly seq: number
  /** Who has the lease. */
  readonly holder: string
  readonly outcome: SettleAction
  readonly settledBy: string
  readonly at: Date
  readonly audit: AuditEntry
}

export interface ReportStore {
  /** The first one of this reporter about this message. */
  readonly file: (draft: ReportDraft) => Promise<StoredReport>
  readonly find: (id: string) => Promise<StoredReport | null>
  /** The oldest open ones, or those that came last of the settled. */
  readonly list: (query: ReportQuery) => Promise<StoredReport[]>
  /** Takes all open reports of a message. `false`: somebody else has them, or none is open. */
  readonly claim: (
    message: { readonly roomId: string; readonly seq: number },
    lease: { readonly holder: string; readonly now: Date; readonly until: Date },
  ) => Promise<boolean>
  readonly release: (roomId: string, seq: number, holder: string) => Promise<void>
  readonly settle: (settlement: Settlement) => Promise<void>
}

interface Row {
  readonly id: Buffer
  readonly room_id: Buffer
  readonly seq: number
  readonly author_id: string
  readonly reporter_id: string
  readonly reason: ReportReason | 'word'
  readonly note: string | null
  readonly created_at: Date
  readonly is_open: number
  readonly outcome: SettleAction | null
  readonly settled_by: string | null
  readonly settled_at: Date | null
}

const COLUMNS = `id, room_id, seq, author_id, reporter_id, reason, note, created_at, is_open, outcome,
  settled_by, settled_at`

const toReport = (row: Row): StoredReport => ({
  id: fromBytes(row.id),
  roomId: fromBytes(row.room_id),
  seq: row.seq,
  authorId: row.author_id,
  reporterId: row.reporter_id === WORD_LIST ? null : row.reporter_id,
  reason: row.reason,
  note: row.note,
  createdAt: row.created_at,
  isOpen: row.is_open === 1,
  outcome: row.outcome,
  settledBy: row.settled_by,
  settledAt: row.settled_at,
})

const affected = (result: unknown): number => (result as { affectedRows: number }).affectedRows

export function createReportStore(pool: Pool): ReportStore {
  return {
    async file({ id, roomId, seq, authorId, reporterId, reason, note, createdAt }) {
      await pool.query(
        `INSERT INTO report
           (id, room_id, seq, author_id, reporter_id, reason, note, created_at)
         VALUES (?,?,?,?,?,?,?,?) ON DUPLICATE KEY UPDATE seq = seq`,
        [toBytes(id), toBytes(roomId), seq, authorId, reporterId, reason, note, createdAt],
      )
      const [row] = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM report WHERE room_id = ? AND seq = ? AND reporter_id = ?`,
        [toBytes(roomId), seq, reporterId],
      )
      if (row === undefined) throw new Error('A report that was written is not there.')
      return toReport(row)
    },

    async find(id) {
      const [row] = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM report WHERE id = ?`, [
        toBytes(id),
      ])
      return row === undefined ? null : toReport(row)
    },

    async list({ roomIds, notOf, isOpen, after, limit }) {
      if (roomIds?.length === 0) return []
      const wheres: [string, unknown[]][] = [['is_open = ?', [isOpen ? 1 : 0]]]
      if (roomIds !== undefined) {
        wheres.push([`room_id IN (${roomIds.map(() => '?').join()})`, roomIds.map(toBytes)])
      }
      if (notOf !== undefined) wheres.push(['author_id <> ?', [notOf]])
      if (after !== undefined) wheres.push([`id ${isOpen ? '>' : '<'} ?`, [toBytes(after)]])
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM report WHERE ${wheres.map(([sql]) => sql).join(' AND ')}
         ORDER BY id ${isOpen ? 'ASC' : 'DESC'} LIMIT ?`,
        [...wheres.flatMap(([, values]) => values), limit],
      )
      return rows.map(toReport)
    },

    async claim({ roomId, seq }, { holder, now, until }) {
      const result: unknown = await pool.query(
        `UPDATE report SET lease_holder = ?, lease_until = ?
         WHERE room_id = ? AND seq = ? AND is_open = 1
           AND (lease_until IS NULL OR lease_until < ? OR lease_holder = ?)`,
        [holder, until, toBytes(roomId), seq, now, holder],
      )
      return affected(result) > 0
    },

    async release(roomId, seq, holder) {
      await pool.query(
        `UPDATE report SET lease_holder = NULL, lease_until = NULL
         WHERE room_id = ? AND seq = ? AND is_open = 1 AND lease_holder = ?`,
        [toBytes(roomId), seq, holder],
      )
    },

    settle: ({ roomId, seq, holder, outcome, settledBy, at, audit }) =>
      inTransaction(pool, async (connection) => {
        const result: unknown = await connection.query(
          `UPDATE report SET is_open = 0, outcome = ?, settled_by = ?, settled_at = ?,
             lease_holder = NULL, lease_until = NULL
           WHERE room_id = ? AND seq = ? AND is_open = 1 AND lease_holder = ?`,
          [outcome, settledBy, at, toBytes(roomId), seq, holder],
        )
        if (affected(result) > 0) await writeAudit(connection, [audit])
      }),
  }
}
