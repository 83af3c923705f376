import { DEFAULT_PRIVACY, Privacy, type Prefs, type PrefsChange } from '@parley/message-schema'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { moveVersion } from './presence-store.ts'

export interface UserPrefStore {
  readonly privacyOf: (userIds: readonly string[]) => Promise<ReadonlyMap<string, Privacy>>
  /** Answers what they are then. The user's version moves with it. */
  readonly change: (userId: string, change: PrefsChange) => Promise<Prefs>
}

const Stored = Privacy.partial().catch({})

/** What an older release stored does not name all that there is now. */
const fromStored = (stored: string): Privacy =>
  Object.assign({}, DEFAULT_PRIVACY, Stored.parse(JSON.parse(stored)))

/** Of those who have changed something: the rest have the defaults. For `UserState`s, too. */
export async function readPrivacy(
  connection: Pick<Pool, 'query'>,
  userIds: readonly string[],
): Promise<Map<string, Privacy>> {
  if (userIds.length === 0) return new Map()
  const rows = await connection.query<{ user_id: string; privacy: string }[]>(
    `SELECT user_id, privacy FROM user_pref WHERE user_id IN (${userIds.map(() => '?').join()})`,
    [...userIds],
  )
  return new Map(rows.map((row) => [row.user_id, fromStored(row.privacy)]))
}

export function createUserPrefStore(pool: Pool): UserPrefStore {
  return {
    privacyOf: (userIds) => readPrivacy(pool, userIds),

    change: async (userId, { privacy: change }) => {
      if (change === undefined || Object.keys(change).length === 0) {
        return { privacy: (await readPrivacy(pool, [userId])).get(userId) ?? DEFAULT_PRIVACY }
      }
      return inTransaction(pool, async (connection) => {
        // Locked before it is read: of two changes at once neither is lost.
        await moveVersion(connection, userId)
        const before = await readPrivacy(connection, [userId])
        const privacy = Object.assign({}, before.get(userId) ?? DEFAULT_PRIVACY, change)
        await connection.query(
          `INSERT INTO user_pref (user_id, privacy) VALUES (?, ?)
           ON DUPLICATE KEY UPDATE privacy = VALUES(privacy)`,
          [userId, JSON.stringify(privacy)],
        )
        return { privacy }
      })
    },
  }
}
