import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

export type FilePurpose = 'message' | 'avatar'

export interface StoredFile {
  readonly id: string
  readonly ownerId: string
  readonly purpose: FilePurpose
  readonly name: string
  readonly mime: string
  readonly bytes: number
  readonly sha256: Buffer
  readonly width: number | null
  readonly height: number | null
  readonly hasThumbnail: boolean
}

export interface FileStore {
  readonly usage: (
    ownerId: string,
    now: Date,
  ) => Promise<{ readonly bytesToday: number; readonly pending: number }>
  readonly charge: (ownerId: string, now: Date, bytes: number) => Promise<void>
  /** The row of a file whose bytes are still to come. */
  readonly begin: (
    file: Pick<StoredFile, 'id' | 'ownerId' | 'purpose' | 'name'>,
    now: Date,
  ) => Promise<void>
  readonly finish: (file: StoredFile, checkAt: Date) => Promise<void>
  /** Forgets a file whose bytes did not come. */
  readonly discard: (id: string) => Promise<void>
  /** The file if this user may have it: C8, so it is asked again for every answer. */
  readonly findVisible: (id: string, userId: string) => Promise<StoredFile | null>
  /** Puts off the end of files that are in no message yet. */
  readonly hold: (ownerId: string, ids: readonly string[]) => Promise<void>
  /** Those that may be sent with a message, by their id. */
  readonly findOwn: (
    ownerId: string,
    ids: readonly string[],
  ) => Promise<ReadonlyMap<string, StoredFile>>
  /** Marks a file that its owner takes back. Answers why not. */
  readonly takeBack: (id: string, ownerId: string) => Promise<'taken' | 'attached' | 'not-found'>
}

/** Longer than any upload may last: then whatever wrote it is no more. */
const UNFINISHED_HOURS = 3
/** Longer than it takes a message to be committed, however often it is tried. */
const HOLD_HOURS = 1

interface FileRow {
  readonly id: Buffer
  readonly owner_id: string
  readonly purpose: FilePurpose
  readonly name: string
  readonly mime: string
  readonly bytes: number
  readonly sha256: Buffer
  readonly width: number | null
  readonly height: number | null
  readonly has_thumbnail: number
}

const COLUMNS =
  'f.id, f.owner_id, f.purpose, f.name, f.mime, f.bytes, f.sha256, f.width, f.height, f.has_thumbnail'
const IS_THERE = 'f.stored_at IS NOT NULL AND f.removed_at IS NULL'

const toFile = (row: FileRow): StoredFile => ({
  id: fromBytes(row.id),
  ownerId: row.owner_id,
  purpose: row.purpose,
  name: row.name,
  mime: row.mime,
  bytes: row.bytes,
  sha256: row.sha256,
  width: row.width,
  height: row.height,
  hasThumbnail: row.has_thumbnail === 1,
})

const dayOf = (now: Date): string => now.toISOString().slice(0, 10)
const marksFor = (ids: readonly string[]): string => ids.map(() => '?').join()

/**
 * A living message that the user may see: in a room that is there, of which they are a member, from
 * where their view begins, and not erased by retention. (A message that is deleted loses its rows.)
 */
const IN_A_MESSAGE = `EXISTS (
  SELECT 1 FROM message_file mf
  JOIN room r ON r.id = mf.room_id AND r.deleted_at IS NULL AND mf.seq > r.erased_to
  JOIN room_member m ON m.room_id = mf.room_id AND m.user_id = ?
    AND m.left_seq IS NULL AND mf.seq >= m.visible_from
  WHERE mf.file_id = f.id)`

export const createFileStore = (pool: Pool): FileStore => ({
  ...uploadQueries(pool),
  ...readQueries(pool),
})

type UploadQueries = Pick<FileStore, 'usage' | 'charge' | 'begin' | 'finish' | 'discard'>

function uploadQueries(pool: Pool): UploadQueries {
  return {
    async usage(ownerId, now) {
      const [row] = await pool.query<{ bytes_today: number; pending: number }[]>(
        `SELECT COALESCE((SELECT bytes FROM file_usage WHERE user_id = ? AND day = ?), 0) AS bytes_today,
           (SELECT COUNT(*) FROM file WHERE owner_id = ? AND attached_at IS NULL
             AND removed_at IS NULL) AS pending`,
        [ownerId, dayOf(now), ownerId],
      )
      return { bytesToday: row?.bytes_today ?? 0, pending: row?.pending ?? 0 }
    },

    async charge(ownerId, now, bytes) {
      if (bytes === 0) return
      await pool.query(
        `INSERT INTO file_usage (user_id, day, bytes) VALUES (?,?,?)
         ON DUPLICATE KEY UPDATE bytes = bytes + VALUES(bytes)`,
        [ownerId, dayOf(now), bytes],
      )
    },

    async begin({ id, ownerId, purpose, name }, now) {
      await pool.query(
        `INSERT INTO file (id, owner_id, purpose, name, mime, created_at, check_at)
         VALUES (?,?,?,?,'',?,? + INTERVAL ${UNFINISHED_HOURS} HOUR)`,
        [toBytes(id), ownerId, purpose, name, now, now],
      )
    },

    async finish(file, checkAt) {
      await pool.query(
        `UPDATE file SET mime = ?, bytes = ?, sha256 = ?, width = ?, height = ?, has_thumbnail = ?,
           stored_at = UTC_TIMESTAMP(3), check_at = ? WHERE id = ?`,
        [
          file.mime,
          file.bytes,
          file.sha256,
          file.width,
          file.height,
          file.hasThumbnail ? 1 : 0,
          checkAt,
          toBytes(file.id),
        ],
      )
    },

    async discard(id) {
      await pool.query('DELETE FROM file WHERE id = ? AND stored_at IS NULL', [toBytes(id)])
    },
  }
}

function readQueries(pool: Pool): Omit<FileStore, keyof UploadQueries> {
  return {
    async findVisible(id, userId) {
      const [row] = await pool.query<FileRow[]>(
        `SELECT ${COLUMNS} FROM file f WHERE f.id = ? AND ${IS_THERE} AND (
           f.purpose = 'avatar' OR (f.owner_id = ? AND f.attached_at IS NULL) OR ${IN_A_MESSAGE})`,
        [toBytes(id), userId, userId],
      )
      return row === undefined ? null : toFile(row)
    },

    async hold(ownerId, ids) {
      await pool.query(
        `UPDATE file SET check_at = GREATEST(check_at, UTC_TIMESTAMP(3) + INTERVAL ${HOLD_HOURS} HOUR)
         WHERE id IN (${marksFor(ids)}) AND owner_id = ? AND check_at IS NOT NULL
           AND removed_at IS NULL`,
        [...ids.map(toBytes), ownerId],
      )
    },

    async findOwn(ownerId, ids) {
      const rows = await pool.query<FileRow[]>(
        `SELECT ${COLUMNS} FROM file f WHERE f.id IN (${marksFor(ids)}) AND f.owner_id = ?
           AND f.purpose = 'message' AND ${IS_THERE} AND (f.attached_at IS NULL OR EXISTS (
             SELECT 1 FROM message_file mf WHERE mf.file_id = f.id))`,
        [...ids.map(toBytes), ownerId],
      )
      return new Map(rows.map((row) => [fromBytes(row.id), toFile(row)]))
    },

    async takeBack(id, ownerId) {
      const { affectedRows } = await pool.query<{ affectedRows: number }>(
        `UPDATE file f SET f.removed_at = UTC_TIMESTAMP(3), f.check_at = UTC_TIMESTAMP(3)
         WHERE f.id = ? AND f.owner_id = ? AND ${IS_THERE}
           AND (f.attached_at IS NULL OR f.purpose = 'avatar')`,
        [toBytes(id), ownerId],
      )
      if (affectedRows > 0) return 'taken'
      const [row] = await pool.query<unknown[]>(
        `SELECT 1 FROM file f WHERE f.id = ? AND f.owner_id = ? AND ${IS_THERE}`,
        [toBytes(id), ownerId],
      )
      return row === undefined ? 'not-found' : 'attached'
    },
  }
}
