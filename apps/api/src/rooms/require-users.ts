import { ParleyError } from '@parley/message-schema'
import type { UserStore } from '../db/users/user-store.ts'

export async function requireUsers(
  missingUsers: UserStore['missing'],
  userIds: readonly string[],
): Promise<void> {
  const missing = userIds.length === 0 ? [] : await missingUsers(userIds)
  if (missing.length === 0) return
  throw new ParleyError('NOT_FOUND', {
    message: userIds.length === 1 ? 'There is no such user.' : 'Some of these people do not exist.',
    details: { userIds: missing },
  })
}
