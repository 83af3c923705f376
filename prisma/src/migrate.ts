import { createHash, randomUUID } from 'node:crypto'
import { createConnection, type Connection } from 'mariadb'
import { connectionConfig } from './database-url.ts'
import { readMigrations, type Migration } from './migrations-folder.ts'
import { splitStatements } from './split-statements.ts'

export interface MigrateOptions {
  /** Called before each migration that is applied. */
  readonly onApply?: (name: string) => void
  /** The package's own, unless a test has another. */
  readonly folder?: string
}

/** Its message is written for the person who deploys. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

const LOCK_WAIT_SECONDS = 60

// Prisma's own table, column by column: `prisma migrate deploy` goes on from where this stopped.
const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at DATETIME(3),
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at DATETIME(3),
    started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`

interface AppliedRow {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: Date | null
}

/**
 * Applies what is not applied yet and answers the names. Runners that start at the same time wait for
 * each other. It stands in for `prisma migrate deploy`, whose engine is a download.
 */
export async function migrate(
  databaseUrl: string,
  { onApply, folder }: MigrateOptions = {},
): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const connection = await createConnection(connectionConfig(databaseUrl))
  try {
    // Times in Prisma's table are UTC, whatever the server's zone is.
    await connection.query("SET time_zone = '+00:00'")
    await takeLock(connection)
    const pending = await findPending(connection, migrations)
    for (const migration of pending) {
      onApply?.(migration.name)
      await apply(connection, migration)
    }
    return pending.map(({ name }) => name)
  } finally {
    // The lock goes with its connection.
    await connection.end()
  }
}

async function takeLock(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ name: string }[]>('SELECT DATABASE() AS name')
  // Locks belong to the server and their names are short: 64 characters.
  const database = createHash('md5')
    .update(row?.name ?? '')
    .digest('hex')
  const [taken] = await connection.query<{ taken: bigint | number | null }[]>(
    'SELECT GET_LOCK(?, ?) AS taken',
    [`parley-migrate-${database}`, LOCK_WAIT_SECONDS],
  )
  if (Number(taken?.taken) === 1) return
  throw new MigrationError(
    `Another migration of this database has been running for ${LOCK_WAIT_SECONDS} s; try again when it is done.`,
  )
}

async function findPending(connection: Connection, migrations: Migration[]): Promise<Migration[]> {
  const tables = await connection.query<object[]>('SHOW TABLES')
  const names = tables.map((row) => String(Object.values(row)[0]))
  if (names.length > 0 && !names.includes('_prisma_migrations')) {
    throw new MigrationError(
      'The database has tables that no migration made; name an empty database, or mark the migrations as applied with `prisma migrate resolve`.',
    )
  }
  await connection.query(MIGRATIONS_TABLE)
  const rows = await connection.query<AppliedRow[]>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
  const failed = rows.find(({ finished_at: finishedAt }) => finishedAt === null)
  if (failed !== undefined) {
    throw new MigrationError(
      `The migration ${failed.migration_name} failed half way; see the column logs of _prisma_migrations, repair the tables by hand, then delete its row or set rolled_back_at to run it again.`,
    )
  }
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]))
  const changed = migrations.find(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  )
  if (changed !== undefined) {
    throw new MigrationError(
      `The migration ${changed.name} was changed after it was applied; put the file back and write the change as a new migration.`,
    )
  }
  return migrations.filter(({ name }) => !applied.has(name))
}

async function apply(connection: Connection, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID()
  await connection.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)',
    [id, checksum, name],
  )
  try {
    // DDL commits by itself, so a failure half way stays; the row says that it was one.
    for (const statement of splitStatements(sql)) await connection.query(statement)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    await connection.query('UPDATE _prisma_migrations SET logs = ? WHERE id = ?', [message, id])
    throw new MigrationError(`The migration ${name} failed half way: ${message}`, { cause })
  }
  await connection.query(
    `UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1
     WHERE id = ?`,
    [id],
  )
}
