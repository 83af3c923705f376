import type { UserStanding } from '../../auth/user-standing.ts'
import type { Pool } from '../connect.ts'

export async function findUserStanding(pool: Pool, userId: string): Promise<UserStanding | null> {
  const [row] = await pool.query<{ tokens_valid_after: Date | null; erased_at: Date | null }[]>(
    'SELECT tokens_valid_after, erased_at FROM user WHERE id = ?',
    [userId],
  )
  if (row === undefined) return null
  return {
    tokensValidAfterMs: row.tokens_valid_after?.getTime() ?? 0,
    isErased: row.erased_at !== null,
  }
}
