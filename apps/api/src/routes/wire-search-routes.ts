import { ParleyError } from '@parley/message-schema'
import type { Pool } from '../db/connect.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createMessageMarksStore } from '../db/messages/message-marks-store.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { createSearchSource } from '../db/search/search-source.ts'
import { createReadTail } from '../db/search/search-tail.ts'
import { readMessages } from '../history/list-messages.ts'
import { createAllowReading } from '../history/reader-access.ts'
import type { BoundRoute } from '../http/route.ts'
import { limitSearches } from '../search/limit-searches.ts'
import { createSearchMessages } from '../search/search-messages.ts'
import { createSearchRoutes } from './search-routes.ts'

export function wireSearchRoutes(pool: Pool): BoundRoute[] {
  const reading = {
    allowReading: createAllowReading(createMemberStore(pool)),
    messages: createMessageStore(pool),
    marks: createMessageMarksStore(pool),
  }
  const source = createSearchSource(pool)
  const searchMessages = createSearchMessages({
    index: createMysqlSearchIndex(pool),
    source,
    readTail: createReadTail(pool, source),
    allowReading: reading.allowReading,
    positions: createEventStore(pool).positions,
    // Of a room that one was removed from meanwhile nothing is shown.
    readMessages: (readerId, roomId, seqs) =>
      readMessages(reading, readerId, roomId, seqs).catch((error: unknown) => {
        if (error instanceof ParleyError) return []
        throw error
      }),
  })
  return createSearchRoutes(limitSearches(searchMessages))
}
