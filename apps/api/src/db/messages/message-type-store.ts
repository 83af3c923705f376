import { LIMITS, type MessageType } from '@parley/message-schema'
import { writeAudit } from '../server/audit-store.ts'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { bumpList, MESSAGE_TYPES } from './list-version-store.ts'
import { inTransaction } from '../transaction.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'

interface Row {
  readonly name: string
  readonly json_schema: string
  readonly created_at: Date
  readonly updated_at: Date
}

const toType = (row: Row): MessageType => ({
  name: row.name,
  schema: JSON.parse(row.json_schema) as Record<string, unknown>,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

const COLUMNS = 'name, json_schema, created_at, updated_at'

export interface MessageTypeStore {
  readonly all: () => Promise<MessageType[]>
  readonly list: (after: string | undefined, limit: number) => Promise<MessageType[]>
  readonly find: (name: string) => Promise<MessageType | null>
  /** `false` if there are too many already. */
  readonly put: (
    name: string,
    schema: Record<string, unknown>,
    audit: AuditEntry,
  ) => Promise<boolean>
  /** `false` if there is none of this name. */
  readonly remove: (name: string, audit: AuditEntry) => Promise<boolean>
}

export function createMessageTypeStore(pool: Pool): MessageTypeStore {
  return {
    async all() {
      const rows = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM message_type LIMIT ?`, [
        LIMITS.messageTypes,
      ])
      return rows.map(toType)
    },

    async list(after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM message_type
         ${after === undefined ? '' : 'WHERE name > ?'} ORDER BY name LIMIT ?`,
        [...(after === undefined ? [] : [after]), limit],
      )
      return rows.map(toType)
    },

    async find(name) {
      const [row] = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM message_type WHERE name = ?`, [
        name,
      ])
      return row === undefined ? null : toType(row)
    },

    put: (name, schema, audit) =>
      inTransaction(pool, async (connection) => {
        await bumpList(connection, MESSAGE_TYPES)
        const [{ count } = { count: 0 }] = await connection.query<{ count: number }[]>(
          'SELECT COUNT(*) AS count FROM message_type WHERE name <> ?',
          [name],
        )
        if (count >= LIMITS.messageTypes) return false
        const now = new Date()
        await connection.query(
          `INSERT INTO message_type (${COLUMNS}) VALUES (?,?,?,?)
           ON DUPLICATE KEY UPDATE json_schema = VALUES(json_schema), updated_at = VALUES(updated_at)`,
          [name, JSON.stringify(schema), now, now],
        )
        await writeAudit(connection, [audit])
        return true
      }),

    remove: (name, audit) =>
      inTransaction(pool, async (connection) => {
        await bumpList(connection, MESSAGE_TYPES)
        const { affectedRows } = await connection.query<{ affectedRows: number }>(
          'DELETE FROM message_type WHERE name = ?',
          [name],
        )
        if (affectedRows > 0) await writeAudit(connection, [audit])
        return affectedRows > 0
      }),
  }
}

/** Of a message that is there: it never changes. */
export async function readMessageType(
  pool: Pool,
  roomId: string,
  seq: number,
): Promise<string | null> {
  const [row] = await pool.query<{ data: string }[]>(
    `SELECT data FROM room_event WHERE room_id = ? AND seq = ? AND type = ${MESSAGE_CREATED}`,
    [toBytes(roomId), seq],
  )
  return row === undefined ? null : (JSON.parse(row.data) as { type: string }).type
}
