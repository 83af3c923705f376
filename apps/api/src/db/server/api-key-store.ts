import type { ApiKey, KeyScope } from '@parley/message-schema'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { keyPrefix } from '../../auth/api-key-token.ts'
import type { KeySecrets } from '../../auth/verify-key.ts'
import { writeAudit } from './audit-store.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

interface Row {
  readonly id: Buffer
  readonly name: string
  readonly secret_hash: Buffer
  readonly previous_hash: Buffer | null
  readonly previous_until: Date | null
  readonly scopes: string
  readonly rate_per_minute: number | null
  readonly created_at: Date
  readonly created_by: string
  readonly rotated_at: Date | null
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
}

export interface NewApiKey {
  readonly id: string
  readonly name: string
  readonly hash: Buffer
  readonly scopes: readonly KeyScope[]
  readonly ratePerMinute: number | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
  readonly createdBy: string
}

export interface ApiKeyChange {
  readonly name?: string | undefined
  readonly scopes?: readonly KeyScope[] | undefined
  readonly ratePerMinute?: number | null | undefined
  readonly expiresAt?: Date | null | undefined
}

export interface ApiKeyStore {
  readonly secrets: (id: string) => Promise<KeySecrets | null>
  readonly find: (id: string) => Promise<ApiKey | null>
  readonly list: (after: string | undefined, limit: number) => Promise<ApiKey[]>
  readonly countLiving: () => Promise<number>
  readonly create: (key: NewApiKey, audit: AuditEntry) => Promise<void>
  readonly change: (id: string, change: ApiKeyChange, audit: AuditEntry) => Promise<void>
  readonly rotate: (
    rotation: { id: string; hash: Buffer; now: Date; previousUntil: Date },
    audit: AuditEntry,
  ) => Promise<void>
  readonly revoke: (id: string, now: Date, audit: AuditEntry) => Promise<void>
  readonly touch: (id: string) => Promise<void>
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null
const scopesOf = (row: Row): KeyScope[] => JSON.parse(row.scopes) as KeyScope[]

const toApiKey = (row: Row): ApiKey => ({
  id: fromBytes(row.id),
  name: row.name,
  prefix: keyPrefix(fromBytes(row.id)),
  scopes: scopesOf(row),
  ratePerMinute: row.rate_per_minute,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  rotatedAt: iso(row.rotated_at),
  previousValidUntil: iso(row.previous_until),
  expiresAt: iso(row.expires_at),
  revokedAt: iso(row.revoked_at),
  lastUsedAt: iso(row.last_used_at),
})

const toSecrets = (row: Row): KeySecrets => ({
  secretHash: row.secret_hash,
  previousHash: row.previous_hash,
  previousUntil: row.previous_until,
  scopes: scopesOf(row),
  ratePerMinute: row.rate_per_minute,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})

const COLUMNS: Readonly<Record<keyof ApiKeyChange, string>> = {
  name: 'name',
  scopes: 'scopes',
  ratePerMinute: 'rate_per_minute',
  expiresAt: 'expires_at',
}

export function createApiKeyStore(pool: Pool): ApiKeyStore {
  async function findRow(id: string): Promise<Row | undefined> {
    const [row] = await pool.query<Row[]>('SELECT * FROM api_key WHERE id = ?', [toBytes(id)])
    return row
  }
  const write = (audit: AuditEntry, sql: string, values: readonly unknown[]): Promise<void> =>
    inTransaction(pool, async (connection) => {
      await connection.query(sql, [...values])
      await writeAudit(connection, [audit])
    })

  return {
    async secrets(id) {
      const row = await findRow(id)
      return row === undefined ? null : toSecrets(row)
    },

    async find(id) {
      const row = await findRow(id)
      return row === undefined ? null : toApiKey(row)
    },

    async list(after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT * FROM api_key ${after === undefined ? '' : 'WHERE id > ?'} ORDER BY id LIMIT ?`,
        [...(after === undefined ? [] : [toBytes(after)]), limit],
      )
      return rows.map(toApiKey)
    },

    async countLiving() {
      const [row] = await pool.query<{ n: number }[]>(
        'SELECT COUNT(*) AS n FROM api_key WHERE revoked_at IS NULL',
      )
      return row?.n ?? 0
    },

    create: (key, audit) =>
      write(
        audit,
        `INSERT INTO api_key (id, name, secret_hash, scopes, rate_per_minute, expires_at,
           created_at, created_by) VALUES (?,?,?,?,?,?,?,?)`,
        [
          toBytes(key.id),
          key.name,
          key.hash,
          JSON.stringify(key.scopes),
          key.ratePerMinute,
          key.expiresAt,
          key.createdAt,
          key.createdBy,
        ],
      ),

    async change(id, change, audit) {
      const changed = Object.entries(change).filter(([, value]) => value !== undefined)
      if (changed.length === 0) return
      const sets = changed.map(([field]) => `${COLUMNS[field as keyof ApiKeyChange]} = ?`)
      const values = changed.map(([field, value]) =>
        field === 'scopes' ? JSON.stringify(value) : value,
      )
      await write(audit, `UPDATE api_key SET ${sets.join()} WHERE id = ?`, [...values, toBytes(id)])
    },

    // MySQL sets the columns in this order: what was the secret becomes the previous one first.
    rotate: ({ id, hash, now, previousUntil }, audit) =>
      write(
        audit,
        `UPDATE api_key SET previous_hash = secret_hash, previous_until = ?, secret_hash = ?,
           rotated_at = ? WHERE id = ?`,
        [previousUntil, hash, now, toBytes(id)],
      ),

    revoke: (id, now, audit) =>
      write(audit, 'UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', [
        now,
        toBytes(id),
      ]),

    async touch(id) {
      await pool.query(
        `UPDATE api_key SET last_used_at = UTC_TIMESTAMP(3)
         WHERE id = ? AND (last_used_at IS NULL OR last_used_at < UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE)`,
        [toBytes(id)],
      )
    },
  }
}
