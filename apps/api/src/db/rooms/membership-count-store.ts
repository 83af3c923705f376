import type { Pool } from '../connect.ts'

/** Those of these people who are in `most` rooms or more. */
export type FindFull = (userIds: readonly string[], most: number) => Promise<string[]>

const ACTIVE = `FROM room_member m FORCE INDEX (room_member_user)`
const OF_ONE = 'm.user_id = ? AND m.left_seq IS NULL'

export function createFindFull(pool: Pool): FindFull {
  const find = async (userIds: readonly string[], one: string, most: number): Promise<string[]> => {
    if (userIds.length === 0) return []
    const all = userIds.map(() => `(${one} LIMIT 1 OFFSET ?)`).join(' UNION ALL ')
    const rows = await pool.query<{ user_id: string }[]>(
      all,
      userIds.flatMap((userId) => [userId, most - 1]),
    )
    return rows.map((row) => row.user_id)
  }
  return async (userIds, most) => {
    // From the index alone, and for almost everybody it ends there: nothing is read beyond `most`.
    const perhaps = await find(userIds, `SELECT m.user_id ${ACTIVE} WHERE ${OF_ONE}`, most)
    // Members of a room that was deleted stay its members.
    return find(
      perhaps,
      `SELECT m.user_id ${ACTIVE} STRAIGHT_JOIN room r ON r.id = m.room_id AND r.deleted_at IS NULL
       WHERE ${OF_ONE}`,
      most,
    )
  }
}
