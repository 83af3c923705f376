import type { Pool } from '../connect.ts'

export interface BlockStore {
  /** Those of `userIds` who have blocked this person. */
  readonly whoBlocks: (blockedId: string, userIds: readonly string[]) => Promise<string[]>
}

export function createBlockStore(pool: Pool): BlockStore {
  return {
    async whoBlocks(blockedId, userIds) {
      if (userIds.length === 0) return []
      const rows = await pool.query<{ user_id: string }[]>(
        `SELECT user_id FROM user_block
         WHERE user_id IN (${userIds.map(() => '?').join()}) AND blocked_id = ?`,
        [...userIds, blockedId],
      )
      return rows.map((row) => row.user_id)
    },
  }
}
