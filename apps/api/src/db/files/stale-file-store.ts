import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import type { FilePurpose } from './file-store.ts'
import { RELEASE_HOURS } from './message-files.ts'
import { inTransaction } from '../transaction.ts'

export interface DueFile {
  readonly id: string
  readonly purpose: FilePurpose
  /** All of its bytes were stored. */
  readonly isWhole: boolean
}

export interface StaleFileStore {
  /** Files whose time to be looked at has come, the longest due first. */
  readonly due: (limit: number) => Promise<DueFile[]>
  /** True if nothing shows the file any more: from then on nobody gets it or sends it. */
  readonly mark: (file: DueFile) => Promise<boolean>
  /** It is still shown: it is looked at again when a message goes, or, an avatar, tomorrow. */
  readonly keep: (file: DueFile) => Promise<void>
  /** The bytes are gone. */
  readonly forget: (id: string) => Promise<void>
  /** Files of messages that were erased with their room, or by retention. Answers how many. */
  readonly releaseErased: (limit: number) => Promise<number>
  /** Files of users that were erased, which are in no message. */
  readonly markErased: (limit: number) => Promise<number>
  readonly forgetUsage: () => Promise<void>
}

/** If whoever marked it dies, another one goes on after this. */
const RETRY_MINUTES = 10
const USAGE_DAYS = 2

const NOT_SENT = 'NOT EXISTS (SELECT 1 FROM message_file mf WHERE mf.file_id = f.id)'
/** An avatar is kept while its owner's profile or a room shows it. */
const NOT_SHOWN = `NOT EXISTS (SELECT 1 FROM user u WHERE u.id = f.owner_id AND u.avatar_url = ?)
  AND NOT EXISTS (SELECT 1 FROM room r WHERE r.avatar_url = ? AND r.deleted_at IS NULL)`

const ERASED = [
  `FROM room r JOIN message_file mf ON mf.room_id = r.id WHERE r.deleted_at IS NOT NULL`,
  `FROM room_purge p JOIN message_file mf ON mf.room_id = p.room_id AND mf.seq <= p.purged_to`,
]

export function createStaleFileStore(pool: Pool): StaleFileStore {
  return {
    async due(limit) {
      const rows = await pool.query<{ id: Buffer; purpose: FilePurpose; stored_at: Date | null }[]>(
        `SELECT id, purpose, stored_at FROM file WHERE check_at <= UTC_TIMESTAMP(3)
         ORDER BY check_at LIMIT ?`,
        [limit],
      )
      return rows.map(({ id, purpose, stored_at: storedAt }) => ({
        id: fromBytes(id),
        purpose,
        isWhole: storedAt !== null,
      }))
    },

    async mark({ id, purpose }) {
      const path = `/v1/files/${id}`
      const isAvatar = purpose === 'avatar'
      const { affectedRows } = await pool.query<{ affectedRows: number }>(
        `UPDATE file f SET f.removed_at = COALESCE(f.removed_at, UTC_TIMESTAMP(3)),
           f.check_at = UTC_TIMESTAMP(3) + INTERVAL ${RETRY_MINUTES} MINUTE
         WHERE f.id = ? AND f.check_at <= UTC_TIMESTAMP(3)
           AND (f.removed_at IS NOT NULL OR (${NOT_SENT} ${isAvatar ? `AND ${NOT_SHOWN}` : ''}))`,
        [toBytes(id), ...(isAvatar ? [path, path] : [])],
      )
      return affectedRows > 0
    },

    async keep({ id, purpose }) {
      const isAvatar = purpose === 'avatar'
      const next = isAvatar ? 'UTC_TIMESTAMP(3) + INTERVAL 1 DAY' : 'NULL'
      await pool.query(
        `UPDATE file f SET f.check_at = ${next} WHERE f.id = ? AND f.removed_at IS NULL
           AND f.check_at <= UTC_TIMESTAMP(3) ${isAvatar ? '' : `AND NOT (${NOT_SENT})`}`,
        [toBytes(id)],
      )
    },

    async forget(id) {
      await pool.query('DELETE FROM file WHERE id = ? AND removed_at IS NOT NULL', [toBytes(id)])
    },

    async releaseErased(limit) {
      let released = 0
      for (const from of ERASED) {
        const rows = await pool.query<{ room_id: Buffer; seq: number; file_id: Buffer }[]>(
          `SELECT mf.room_id, mf.seq, mf.file_id ${from} LIMIT ?`,
          [limit],
        )
        released += rows.length
        if (rows.length > 0) await release(pool, rows)
      }
      return released
    },

    async markErased(limit) {
      const rows = await pool.query<{ id: Buffer }[]>(
        `SELECT f.id FROM user_erasure x JOIN file f ON f.owner_id = x.user_id
         WHERE f.attached_at IS NULL AND f.removed_at IS NULL LIMIT ?`,
        [limit],
      )
      if (rows.length === 0) return 0
      await pool.query(
        `UPDATE file SET removed_at = UTC_TIMESTAMP(3), check_at = UTC_TIMESTAMP(3)
         WHERE id IN (${rows.map(() => '?').join()}) AND attached_at IS NULL`,
        rows.map(({ id }) => id),
      )
      return rows.length
    },

    async forgetUsage() {
      await pool.query(`DELETE FROM file_usage WHERE day < UTC_DATE() - INTERVAL ${USAGE_DAYS} DAY`)
    },
  }
}

async function release(
  pool: Pool,
  rows: readonly { room_id: Buffer; seq: number; file_id: Buffer }[],
): Promise<void> {
  await inTransaction(pool, async (connection) => {
    for (const { room_id: roomId, seq, file_id: fileId } of rows) {
      await connection.query(
        'DELETE FROM message_file WHERE room_id = ? AND seq = ? AND file_id = ?',
        [roomId, seq, fileId],
      )
    }
    await connection.query(
      `UPDATE file SET check_at = UTC_TIMESTAMP(3) + INTERVAL ${RELEASE_HOURS} HOUR
       WHERE id IN (${rows.map(() => '?').join()}) AND removed_at IS NULL`,
      rows.map(({ file_id: fileId }) => fileId),
    )
  })
}
