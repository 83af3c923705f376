import type { Pool, PoolConnection } from './connect.ts'

/** All of it or nothing. What was thrown inside is thrown on, after the end of the transaction. */
export async function inTransaction<Result>(
  pool: Pool,
  run: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection()
  try {
    await connection.query('START TRANSACTION')
    const result = await run(connection)
    await connection.query('COMMIT')
    await connection.release()
    return result
  } catch (error) {
    connection.destroy()
    throw error
  }
}
