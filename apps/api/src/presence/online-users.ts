import { PRESENCE_HASHES, readEntry, type PresenceEntry } from '@parley/message-schema'
import { readLeased, type Logger, type Redis } from '@parley/server-kit'

/** Asked about at once; more is asked in pieces. */
const AT_ONCE = 1_000

/** What gateways say of these users; rejects while Redis is away. */
export async function readEntries(
  redis: Redis,
  userIds: readonly string[],
): Promise<Map<string, PresenceEntry[]>> {
  const entries = new Map<string, PresenceEntry[]>()
  for (let from = 0; from < userIds.length; from += AT_ONCE) {
    const said = await readLeased(redis, PRESENCE_HASHES, userIds.slice(from, from + AT_ONCE))
    for (const [userId, written] of said) {
      const read = written.flatMap((text) => readEntry(text) ?? [])
      if (read.length > 0) entries.set(userId, read)
    }
  }
  return entries
}

export interface OnlineUsers {
  /**
   * Those who are there for others: not invisible, and with a device connected now. Nobody, while
   * Redis is away: for decisions in which that is the safe side.
   */
  readonly onlineAmong: (userIds: readonly string[]) => Promise<Set<string>>
  /** Those who have a device connected now, invisible or not: never to be told to others. */
  readonly connectedAmong: (userIds: readonly string[]) => Promise<Set<string>>
}

const isHere = ({ leaving }: PresenceEntry): boolean => !leaving

function isShown(entries: readonly PresenceEntry[]): boolean {
  const newest = Math.max(...entries.map(({ version }) => version))
  return entries.some(({ version, status }) => version === newest && status !== 'invisible')
}

/** Two round trips a thousand users, whatever they do. */
export function createOnlineUsers(redis: Redis, logger: Logger): OnlineUsers {
  async function among(
    userIds: readonly string[],
    fits: (entries: readonly PresenceEntry[]) => boolean,
  ): Promise<Set<string>> {
    try {
      const entries = await readEntries(redis, [...new Set(userIds)])
      return new Set([...entries].filter(([, said]) => fits(said)).map(([userId]) => userId))
    } catch (error) {
      logger.debug({ err: error }, 'could not read who is online')
      return new Set()
    }
  }
  return {
    onlineAmong: (userIds) => among(userIds, (said) => said.some(isHere) && isShown(said)),
    connectedAmong: (userIds) => among(userIds, (said) => said.some(isHere)),
  }
}
