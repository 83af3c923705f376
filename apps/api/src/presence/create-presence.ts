import type { Logger, Redis } from '@parley/server-kit'
import type { Pool } from '../db/connect.ts'
import { createBlockStore } from '../db/users/block-store.ts'
import { createPresenceStore } from '../db/users/presence-store.ts'
import { createUserPrefStore } from '../db/users/user-pref-store.ts'
import { createTellRoomOfRead } from '../news/tell-room-of-read.ts'
import { createChooseStatus, readStatus } from './choose-status.ts'
import { createFindWatchable } from './find-watchable.ts'
import { createListPresence } from './list-presence.ts'
import { createOnlineUsers, readEntries } from './online-users.ts'
import { createAnnounceAudience } from './presence-news.ts'

export interface PresencePorts {
  readonly pool: Pool
  readonly publisher: Redis
  readonly logger: Logger
  /** Of this replica. */
  readonly name: string
  readonly notifyUsers: (userIds: string[]) => void
}

/** Who is there, who may know, and what they chose: all that the API does about presence. */
export function createPresence({ pool, publisher, logger, name, notifyUsers }: PresencePorts) {
  const presence = createPresenceStore(pool)
  const prefs = createUserPrefStore(pool)
  const findWatchable = createFindWatchable({ presence, blocks: createBlockStore(pool), prefs })
  return {
    prefs,
    findWatchable,
    noteSeen: presence.noteSeen,
    notifyUsers,
    announceAudience: createAnnounceAudience(publisher, logger),
    chooseStatus: createChooseStatus({ presence, notifyUsers }),
    readStatus: (userId: string) => readStatus(userId, presence),
    listPresence: createListPresence({
      findWatchable,
      readEntries: (userIds) => readEntries(publisher, userIds),
    }),
    onlineUsers: createOnlineUsers(publisher, logger),
    tellRoomOfRead: createTellRoomOfRead({ publisher, prefs, name, logger }),
  }
}

export type PresenceOfUsers = ReturnType<typeof createPresence>
