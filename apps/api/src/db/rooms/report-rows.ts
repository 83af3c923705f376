import { v7 as uuidv7 } from 'uuid'
import type { BatchState } from '../../room-log/batch-state.ts'
import { toBytes } from '../binary-id.ts'
import type { Writes } from '../log/writes.ts'

/** Of reports that nobody made: the word list did. */
export const WORD_LIST = ''

/** One a message. What was settled is open again when the message is edited to say it once more. */
export function writeWordReports(writes: Writes, state: BatchState): void {
  writes.insert(
    'report (id, room_id, seq, author_id, reporter_id, reason, note, created_at)',
    `(?,?,?,?,'${WORD_LIST}','word',?,?)`,
    state.newReports.map(({ roomId, seq, authorId, note }) => [
      toBytes(uuidv7()),
      toBytes(roomId),
      seq,
      authorId,
      note,
      state.now,
    ]),
    `ON DUPLICATE KEY UPDATE note = VALUES(note), is_open = 1, outcome = NULL, settled_by = NULL,
     settled_at = NULL, lease_holder = NULL, lease_until = NULL`,
  )
}
