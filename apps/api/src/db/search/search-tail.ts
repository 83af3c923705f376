import type { FoundMessage } from '../../search/to-search-doc.ts'
import type { IndexSource } from '../../search/index-ranges.ts'
import { shareLooks } from '../../search/share-looks.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

const ROOMS_PER_STATEMENT = 500
/** Events that one search reads of logs, in all rooms together. */
const LOOKS = 2_000

/** Messages of these rooms that are not in the index yet, as they stand now: those of late at least. */
export type ReadTail = (roomIds: readonly string[]) => Promise<FoundMessage[]>

export function createReadTail(pool: Pool, source: Pick<IndexSource, 'messagesSince'>): ReadTail {
  return async (roomIds) => {
    const waiting: { roomId: string; fromSeq: number; toSeq: number }[] = []
    for (let i = 0; i < roomIds.length; i += ROOMS_PER_STATEMENT) {
      const some = roomIds.slice(i, i + ROOMS_PER_STATEMENT)
      const rows = await pool.query<{ room_id: Buffer; head: number; indexed_to: number | null }[]>(
        `SELECT h.room_id, h.head, s.indexed_to
         FROM room_head h LEFT JOIN search_room s ON s.room_id = h.room_id
         WHERE h.room_id IN (${some.map(() => '?').join()})
           AND h.head > COALESCE(s.indexed_to, 0)`,
        some.map(toBytes),
      )
      for (const { room_id: id, head, indexed_to: to } of rows) {
        waiting.push({ roomId: fromBytes(id), fromSeq: (to ?? 0) + 1, toSeq: head })
      }
    }
    return source.messagesSince(shareLooks(waiting, LOOKS))
  }
}
