import { layOver, type ReadVersions, type VersionRow } from '../../history/message-versions.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** Of one message; whoever edits more often is remembered by the first of them. */
const VERSIONS_PER_MESSAGE = 1_000

/** The bodies are in the events; rows are read as they are, also those that readers get sealed. */
export function createReadVersions(pool: Pool): ReadVersions {
  return async (roomId, seqs) => {
    if (seqs.length === 0) return new Map()
    const rows = await pool.query<{ seq: number; version: number; ts: Date; data: string }[]>(
      `SELECT v.seq, v.version, e.ts, e.data
       FROM message_version v
       JOIN room_event e ON e.room_id = v.room_id AND e.seq = v.event_seq
       WHERE v.room_id = ? AND v.seq IN (${seqs.map(() => '?').join()})
         AND v.version <= ${VERSIONS_PER_MESSAGE}
       ORDER BY v.seq, v.version`,
      [toBytes(roomId), ...seqs],
    )
    const bySeq = new Map<number, VersionRow[]>()
    for (const { seq, version, ts, data } of rows) {
      const change = JSON.parse(data) as VersionRow['change']
      const there = bySeq.get(seq)
      if (there === undefined) bySeq.set(seq, [{ seq, version, ts, change }])
      else there.push({ seq, version, ts, change })
    }
    return new Map(
      [...bySeq]
        .filter(([, versions]) => !versions.some(({ change }) => change.deleted === true))
        .map(([seq, versions]) => [seq, layOver(versions)]),
    )
  }
}
