import { badUsage } from '../cli-error.ts'
import { withDatabase } from '../installation/query-database.ts'
import type { Run } from './command-kit.ts'
import { readOwner } from './read-lists.ts'
import { userIdOf } from './what-is-asked.ts'

/** The user who is named, else the room's owner, if the database can be asked who that is. */
export async function actingUser(
  run: Run,
  roomId: string,
  as: string | undefined,
): Promise<string> {
  if (as !== undefined) return userIdOf(as)
  const databaseUrl = run.installation.knownDatabaseUrl()
  if (databaseUrl === undefined) {
    throw badUsage('As whom? Name a user who may do it with --as, or set DATABASE_URL.')
  }
  return withDatabase(databaseUrl, (query) => readOwner(query, roomId))
}
