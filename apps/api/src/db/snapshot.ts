import type { Pool, PoolConnection } from './connect.ts'

/** Reads that see the database at one moment: a head and its events agree. */
export async function inSnapshot<Result>(
  pool: Pool,
  read: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection()
  try {
    const [, , result] = await Promise.all([
      connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'),
      connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'),
      read(connection),
    ])
    await connection.query('COMMIT')
    await connection.release()
    return result
  } catch (error) {
    connection.destroy()
    throw error
  }
}
