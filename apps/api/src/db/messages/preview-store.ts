import { createHash } from 'node:crypto'
import type { MessageBody } from '@parley/message-schema'
import type { RoomRange } from '../../jobs/job.ts'
import type { PageFacts } from '../../previews/fetch-preview.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** A message whose links are to be looked at. */
export interface LinkingMessage {
  readonly authorId: string
  readonly body: MessageBody
}

export interface PreviewStore {
  /** Texts that were said or changed in these ranges, of those that may have links. */
  readonly textsIn: (
    ranges: readonly RoomRange[],
  ) => Promise<{ readonly roomId: string; readonly seq: number; readonly text: string }[]>
  /** As it stands now; `null` if it is gone. */
  readonly message: (roomId: string, seq: number) => Promise<LinkingMessage | null>
  /** By address; `null` for a page that is known to say nothing; absent for one not yet asked. */
  readonly known: (urls: readonly string[]) => Promise<Map<string, PageFacts | null>>
  readonly remember: (url: string, facts: PageFacts | null) => Promise<void>
  readonly forgetExpired: () => Promise<void>
}

const FRESH_HOURS = 24
/** Of a page that says nothing or cannot be reached. */
const NOTHING_HOURS = 1
const RANGES_AT_ONCE = 50
const FORGET_AT_ONCE = 1_000
const MESSAGE_UPDATED = 2

const hashOf = (url: string): Buffer => createHash('sha256').update(url).digest()

interface TextRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly ref_seq: number | null
  readonly data: string
}

async function textsOf(pool: Pool, ranges: readonly RoomRange[]) {
  const where = ranges.map(() => '(room_id = ? AND seq BETWEEN ? AND ?)').join(' OR ')
  const rows = await pool.query<TextRow[]>(
    `SELECT room_id, seq, ref_seq, data FROM room_event
     WHERE (${where}) AND type IN (${MESSAGE_CREATED}, ${MESSAGE_UPDATED})
       AND data LIKE '%http%'`,
    ranges.flatMap(({ roomId, fromSeq, toSeq }) => [toBytes(roomId), fromSeq, toSeq]),
  )
  return rows.flatMap((row) => {
    const { text, importedAt } = JSON.parse(row.data) as MessageBody
    if (text === undefined || importedAt !== undefined) return []
    return [{ roomId: fromBytes(row.room_id), seq: row.ref_seq ?? row.seq, text }]
  })
}

export function createPreviewStore(pool: Pool): PreviewStore {
  return {
    async textsIn(ranges) {
      const found: Awaited<ReturnType<typeof textsOf>> = []
      for (let from = 0; from < ranges.length; from += RANGES_AT_ONCE) {
        found.push(...(await textsOf(pool, ranges.slice(from, from + RANGES_AT_ONCE))))
      }
      return found
    },

    async message(roomId, seq) {
      const [row] = await pool.query<{ actor_id: string; data: string }[]>(
        `SELECT e.actor_id, COALESCE(s.data, e.data) AS data
         FROM room_event e JOIN room r ON r.id = e.room_id
         LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
         WHERE e.room_id = ? AND e.seq = ? AND e.type = ${MESSAGE_CREATED}
           AND s.deleted_at IS NULL AND r.deleted_at IS NULL AND e.seq > r.erased_to`,
        [toBytes(roomId), seq],
      )
      if (row === undefined) return null
      return { authorId: row.actor_id, body: JSON.parse(row.data) as MessageBody }
    },

    async known(urls) {
      if (urls.length === 0) return new Map()
      const rows = await pool.query<{ url_hash: Buffer; preview: string | null }[]>(
        `SELECT url_hash, preview FROM link_preview
         WHERE url_hash IN (${urls.map(() => '?').join()}) AND expires_at > UTC_TIMESTAMP(3)`,
        urls.map(hashOf),
      )
      const byHash = new Map(rows.map((row) => [row.url_hash.toString('hex'), row.preview]))
      return new Map(
        urls.flatMap((url) => {
          const preview = byHash.get(hashOf(url).toString('hex'))
          if (preview === undefined) return []
          return [[url, preview === null ? null : (JSON.parse(preview) as PageFacts)]]
        }),
      )
    },

    async remember(url, facts) {
      const hours = facts === null ? NOTHING_HOURS : FRESH_HOURS
      await pool.query(
        `INSERT INTO link_preview (url_hash, preview, expires_at)
         VALUES (?, ?, UTC_TIMESTAMP(3) + INTERVAL ${hours} HOUR)
         ON DUPLICATE KEY UPDATE preview = VALUES(preview), expires_at = VALUES(expires_at)`,
        [hashOf(url), facts === null ? null : JSON.stringify(facts)],
      )
    },

    async forgetExpired() {
      let deleted = FORGET_AT_ONCE
      while (deleted === FORGET_AT_ONCE) {
        const result = await pool.query<{ affectedRows: number }>(
          `DELETE FROM link_preview WHERE expires_at < UTC_TIMESTAMP(3) LIMIT ${FORGET_AT_ONCE}`,
        )
        deleted = result.affectedRows
      }
    },
  }
}
