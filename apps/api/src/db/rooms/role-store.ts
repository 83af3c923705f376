import { LIMITS, type Permission } from '@parley/message-schema'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { writeAudit } from '../server/audit-store.ts'
import type { Pool } from '../connect.ts'
import { readPermissions } from './custom-role.ts'
import { inTransaction } from '../transaction.ts'

export interface CustomRole {
  readonly name: string
  readonly rank: number
  readonly permissions: readonly Permission[]
}

/** Roles beside the built-in ones: few, for the whole server. */
export interface RoleStore {
  readonly list: () => Promise<CustomRole[]>
  readonly find: (name: string) => Promise<CustomRole | null>
  /** `false` if there are as many as there may be. */
  readonly put: (role: CustomRole, audit: AuditEntry) => Promise<boolean>
  /** `false` if there is none of that name. */
  readonly remove: (name: string, audit: AuditEntry) => Promise<boolean>
}

const COLUMNS = 'name, `rank` AS role_rank, permissions'

interface Row {
  readonly name: string
  readonly role_rank: number
  readonly permissions: string
}

const fromRow = ({ name, role_rank: rank, permissions }: Row): CustomRole => ({
  name,
  rank,
  permissions: readPermissions(permissions),
})

export function createRoleStore(pool: Pool): RoleStore {
  return {
    async list() {
      const rows = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM custom_role ORDER BY name`)
      return rows.map(fromRow)
    },

    async find(name) {
      const [row] = await pool.query<Row[]>(`SELECT ${COLUMNS} FROM custom_role WHERE name = ?`, [
        name,
      ])
      return row === undefined ? null : fromRow(row)
    },

    put: ({ name, rank, permissions }, audit) =>
      inTransaction(pool, async (connection) => {
        // A limit against mistakes: two at once may make one too many.
        const names = await connection.query<{ name: string }[]>('SELECT name FROM custom_role')
        const isNew = names.every((row) => row.name !== name)
        if (isNew && names.length >= LIMITS.customRoles) return false
        await connection.query(
          `INSERT INTO custom_role (name, \`rank\`, permissions) VALUES (?, ?, ?)
           ON DUPLICATE KEY UPDATE \`rank\` = VALUES(\`rank\`), permissions = VALUES(permissions)`,
          [name, rank, JSON.stringify(permissions)],
        )
        await writeAudit(connection, [audit])
        return true
      }),

    remove: (name, audit) =>
      inTransaction(pool, async (connection) => {
        const { affectedRows } = await connection.query<{ affectedRows: number }>(
          'DELETE FROM custom_role WHERE name = ?',
          [name],
        )
        if (affectedRows === 0) return false
        await writeAudit(connection, [audit])
        return true
      }),
  }
}
