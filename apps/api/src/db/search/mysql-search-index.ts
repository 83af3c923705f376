import { queryTerms } from '../../search/index-tokens.ts'
import { parseQuery } from '../../search/parse-query.ts'
import { scanRooms } from '../../search/scan-rooms.ts'
import type { SearchIndex } from '../../search/search-index.ts'
import type { Pool } from '../connect.ts'
import { putDocs, removeDocsUpTo, removeTokens } from './search-docs.ts'
import { createPostings } from './search-postings.ts'

/** Words by room in a table of their own: `docs/decisions/0014-search.md` says why. */
export function createMysqlSearchIndex(pool: Pool): SearchIndex {
  const postings = createPostings(pool)
  return {
    index: (docs) => putDocs(pool, docs),
    remove: (docs) => removeTokens(pool, docs),
    removeUpTo: (roomId, toSeq) => removeDocsUpTo(pool, roomId, toSeq),
    search: (query) => scanRooms(postings, queryTerms(parseQuery(query.q), query), query),
  }
}
