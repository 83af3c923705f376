import type { ReadVersions, VersionRow, VersionStore } from '../../history/message-versions.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { completed, fitting, inlineBytes, sized, type Sized } from './sized-rows.ts'

/** Of one message; whoever edits more often is remembered by the first of them. */
const VERSIONS_PER_MESSAGE = 1_000

interface Row {
  /** The version: what is counted here. */
  readonly seq: number
  readonly ts: Date
  readonly data: string
}

/** The bodies are in the events; rows are read as they are, also those that readers get sealed. */
const VERSIONS = `FROM message_version v
  JOIN room_event e ON e.room_id = v.room_id AND e.seq = v.event_seq
  WHERE v.room_id = ? AND v.seq = ?`

const toVersion = ({ seq, ts, data }: Row): VersionRow => ({
  version: seq,
  ts,
  change: JSON.parse(data) as VersionRow['change'],
})

/**
 * An edit says only what it changes: the last that said something of a part. A few old bodies are none
 * that MySQL reads as JSON, so it is not asked about them.
 */
const LAST_WITH = `(SELECT e.data ${VERSIONS} AND v.version <= ?
    AND LOCATE(BINARY ?, e.data) > 0
    AND IF(JSON_VALID(e.data), JSON_CONTAINS_PATH(e.data, 'one', ?), TRUE)
  ORDER BY v.version DESC LIMIT 1)`

export function createVersionStore(pool: Pool): VersionStore {
  return { read: createReadVersions(pool), bodyAt: createReadBody(pool) }
}

function createReadVersions(pool: Pool): ReadVersions {
  return async (roomId, seq, after, limit) => {
    const place = [toBytes(roomId), seq]
    // One more than asked for says whether there is more.
    const found = await pool.query<Sized<Row>[]>(
      `SELECT v.version AS seq, e.ts, ${sized('e.data')} ${VERSIONS}
         AND v.version > ? AND v.version <= ? ORDER BY v.version LIMIT ?`,
      [inlineBytes(limit), ...place, after, VERSIONS_PER_MESSAGE, limit + 1],
    )
    const fit = fitting(found.slice(0, limit))
    const rows = await completed<Row>(fit, (versions) =>
      pool.query<Row[]>(
        `SELECT v.version AS seq, e.ts, e.data ${VERSIONS}
           AND v.version IN (${versions.map(() => '?').join()})`,
        [...place, ...versions],
      ),
    )
    return { rows: rows.map(toVersion), hasMore: rows.length < found.length }
  }
}

function createReadBody(pool: Pool): VersionStore['bodyAt'] {
  return async (roomId, seq, version) => {
    const last = async (part: 'text' | 'payload'): Promise<VersionRow['change']> => {
      const [row] = await pool.query<{ data: string }[]>(LAST_WITH, [
        toBytes(roomId),
        seq,
        version,
        `"${part}":`,
        `$.${part}`,
      ])
      return row === undefined ? {} : (JSON.parse(row.data) as VersionRow['change'])
    }
    const [{ text }, { payload }] = await Promise.all([last('text'), last('payload')])
    return { text, payload }
  }
}
