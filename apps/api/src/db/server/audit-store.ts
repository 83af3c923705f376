import type { AuditRecord } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** In the transaction of the act where there is one, so that neither is without the other. */
export async function writeAudit(
  connection: Pick<Pool, 'query'>,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return
  const now = new Date()
  await connection.query(
    `INSERT INTO audit_entry (id, at, actor_id, actor_kind, action, room_id, target_id, details)
     VALUES ${entries.map(() => '(?,?,?,?,?,?,?,?)').join()}`,
    entries.flatMap((entry) => [
      toBytes(uuidv7()),
      now,
      entry.actorId,
      entry.actorKind,
      entry.action,
      entry.roomId === undefined ? null : toBytes(entry.roomId),
      entry.targetId ?? null,
      entry.details === undefined ? null : JSON.stringify(entry.details),
    ]),
  )
}

export interface AuditPosition {
  readonly roomId?: string | undefined
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

export interface AuditStore {
  readonly write: (entries: readonly AuditEntry[]) => Promise<void>
  /** Ascending. Without a position the latest. One more than `limit` tells that there are more. */
  readonly list: (position: AuditPosition) => Promise<AuditRecord[]>
}

interface Row {
  readonly id: Buffer
  readonly at: Date
  readonly actor_id: string
  readonly actor_kind: string
  readonly action: string
  readonly room_id: Buffer | null
  readonly target_id: string | null
  readonly details: string | null
}

const toRecord = (row: Row): AuditRecord => ({
  id: fromBytes(row.id),
  at: row.at.toISOString(),
  actor: { id: row.actor_id, kind: row.actor_kind },
  action: row.action,
  roomId: row.room_id === null ? null : fromBytes(row.room_id),
  targetId: row.target_id,
  ...(row.details !== null && { details: JSON.parse(row.details) as Record<string, unknown> }),
})

export function createAuditStore(pool: Pool): AuditStore {
  return {
    write: (entries) => writeAudit(pool, entries),

    async list({ roomId, before, after, limit }) {
      const wheres: [string, Buffer][] = []
      if (roomId !== undefined) wheres.push(['room_id = ?', toBytes(roomId)])
      if (before !== undefined) wheres.push(['id < ?', toBytes(before)])
      if (after !== undefined) wheres.push(['id > ?', toBytes(after)])
      const where = wheres.length === 0 ? '' : `WHERE ${wheres.map(([sql]) => sql).join(' AND ')}`
      const rows = await pool.query<Row[]>(
        `SELECT id, at, actor_id, actor_kind, action, room_id, target_id, details
         FROM audit_entry ${where} ORDER BY id ${after === undefined ? 'DESC' : 'ASC'} LIMIT ?`,
        [...wheres.map(([, value]) => value), limit + 1],
      )
      return (after === undefined ? rows.toReversed() : rows).map(toRecord)
    },
  }
}
