import { createConnection, type Connection } from 'mariadb'
import { connectionConfig } from './database-url.ts'
import { readMigrations } from './migrations-folder.ts'

/** Names of migrations, each in one list. */
export interface MigrationStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Begun and not finished: `migrate` refuses to go on. */
  readonly failed: readonly string[]
  /** Applied from a file that says something else now: the same. */
  readonly changed: readonly string[]
}

interface Row {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: Date | null
}

/** What `migrate` would find. It changes nothing. */
export async function migrationStatus(
  databaseUrl: string,
  folder?: string,
): Promise<MigrationStatus> {
  const migrations = await readMigrations(folder)
  const connection = await createConnection(connectionConfig(databaseUrl))
  try {
    const rows = await readRows(connection)
    const finished = new Map(
      rows
        .filter(({ finished_at: at }) => at !== null)
        .map((row) => [row.migration_name, row.checksum]),
    )
    const failed = rows
      .filter(({ finished_at: at }) => at === null)
      .map((row) => row.migration_name)
    const isSame = (name: string, checksum: string): boolean => finished.get(name) === checksum
    const known = migrations.filter(({ name }) => finished.has(name))
    const begun = new Set(failed)
    return {
      applied: known.filter(({ name, checksum }) => isSame(name, checksum)).map(({ name }) => name),
      changed: known
        .filter(({ name, checksum }) => !isSame(name, checksum))
        .map(({ name }) => name),
      failed,
      pending: migrations
        .filter(({ name }) => !finished.has(name) && !begun.has(name))
        .map(({ name }) => name),
    }
  } finally {
    await connection.end()
  }
}

async function readRows(connection: Connection): Promise<Row[]> {
  const tables = await connection.query<object[]>("SHOW TABLES LIKE '\\_prisma\\_migrations'")
  if (tables.length === 0) return []
  return connection.query<Row[]>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
}
