import type { BatchState } from '../../room-log/batch-state.ts'
import { toBytes } from '../binary-id.ts'
import type { Writes } from '../log/writes.ts'

/** Longer than a message takes that is being sent with the same file. */
export const RELEASE_HOURS = 1

/** From now on the file goes with its messages. */
export function writeMessageFiles(writes: Writes, state: BatchState): void {
  const rows = state.newFiles.flatMap(({ roomId, seq, files }) =>
    files.map(({ id }) => [toBytes(roomId), seq, toBytes(id)]),
  )
  if (rows.length === 0) return
  writes.insert('message_file (room_id, seq, file_id)', '(?,?,?)', rows)
  const ids = rows.map(([, , id]) => id)
  writes.run(
    `UPDATE file SET attached_at = COALESCE(attached_at, ?), check_at = NULL
     WHERE id IN (${ids.map(() => '?').join()})`,
    [state.now, ...ids],
  )
}

/** Nobody gets the files by this message any more; a job looks whether by another one. */
export function releaseMessageFiles(writes: Writes, now: Date, at: readonly unknown[]): void {
  writes.run(
    `UPDATE file f JOIN message_file mf ON mf.file_id = f.id
     SET f.check_at = ? + INTERVAL ${RELEASE_HOURS} HOUR WHERE mf.room_id = ? AND mf.seq = ?`,
    [now, ...at],
  )
  writes.run('DELETE FROM message_file WHERE room_id = ? AND seq = ?', [...at])
}
