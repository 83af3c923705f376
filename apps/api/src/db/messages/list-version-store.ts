import type { Pool } from '../connect.ts'

/** Lists that every API keeps in memory. */
export const BLOCKED_WORDS = 'blocked-words'
export const MESSAGE_TYPES = 'message-types'

export async function readListVersions(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const rows = await pool.query<{ name: string; version: number }[]>(
    'SELECT name, version FROM list_version',
  )
  return new Map(rows.map(({ name, version }) => [name, version]))
}

/** Begins every change of a list: those who change it wait for each other here. */
export async function bumpList(connection: Pick<Pool, 'query'>, name: string): Promise<void> {
  await connection.query(
    `INSERT INTO list_version (name, version) VALUES (?, 1)
     ON DUPLICATE KEY UPDATE version = version + 1`,
    [name],
  )
}
