import type { DigestRhythm, NotifyLevel, RoomKind } from '@parley/message-schema'
import type { MyChoice, NotificationSettingsStore } from '../../notifications/settings.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { quietFromRow, type QuietColumns } from './quiet-row.ts'

interface RoomRow {
  readonly kind: RoomKind
  readonly member_count: number
  readonly notify: NotifyLevel | null
  readonly snoozed_until: Date | null
  readonly room_level: NotifyLevel | null
  readonly direct_level: NotifyLevel | null
}

interface MineRow extends QuietColumns {
  readonly room_level: NotifyLevel | null
  readonly direct_level: NotifyLevel | null
  readonly preview: number
  readonly digest: DigestRhythm | null
}

/** Columns that a change names, with their values. */
function columnsOf(change: Partial<MyChoice>): [string, unknown][] {
  const { rooms, direct, previews, quiet, digest } = change
  const columns: [string, unknown][] = []
  if (rooms !== undefined) columns.push(['room_level', rooms])
  if (direct !== undefined) columns.push(['direct_level', direct])
  if (previews !== undefined) columns.push(['preview', previews ? 1 : 0])
  if (digest !== undefined) columns.push(['digest', digest])
  if (quiet !== undefined) {
    columns.push(['quiet_zone', quiet?.timeZone ?? null])
    columns.push(['quiet_from', quiet?.from ?? null], ['quiet_to', quiet?.to ?? null])
  }
  return columns
}

export function createNotificationSettingsStore(pool: Pool): NotificationSettingsStore {
  return {
    async readRoom(userId, roomId) {
      const [row] = await pool.query<RoomRow[]>(
        `SELECT r.kind, h.member_count, m.notify, m.snoozed_until, u.room_level, u.direct_level
         FROM room_member m JOIN room r ON r.id = m.room_id
         JOIN room_head h ON h.room_id = m.room_id
         LEFT JOIN user_notify u ON u.user_id = m.user_id
         WHERE m.room_id = ? AND m.user_id = ?`,
        [toBytes(roomId), userId],
      )
      if (row === undefined) return null
      return {
        levels: {
          kind: row.kind,
          memberCount: row.member_count,
          level: row.notify,
          roomLevel: row.room_level,
          directLevel: row.direct_level,
        },
        snoozedUntil: row.snoozed_until,
      }
    },

    async writeRoom(userId, roomId, change) {
      const columns: [string, unknown][] = []
      if (change.level !== undefined) columns.push(['notify', change.level])
      if (change.snoozedUntil !== undefined) columns.push(['snoozed_until', change.snoozedUntil])
      if (columns.length === 0) return
      await pool.query(
        `UPDATE room_member SET ${columns.map(([name]) => `${name} = ?`).join()}
         WHERE room_id = ? AND user_id = ?`,
        [...columns.map(([, value]) => value), toBytes(roomId), userId],
      )
    },

    async readMine(userId) {
      const [row] = await pool.query<MineRow[]>(
        `SELECT room_level, direct_level, preview, quiet_zone, quiet_from, quiet_to, digest
         FROM user_notify WHERE user_id = ?`,
        [userId],
      )
      return {
        rooms: row?.room_level ?? null,
        direct: row?.direct_level ?? null,
        previews: row?.preview !== 0,
        quiet: row === undefined ? null : quietFromRow(row),
        digest: row?.digest ?? null,
      }
    },

    async writeMine(userId, change) {
      const columns = columnsOf(change)
      if (columns.length === 0) return
      const names = columns.map(([name]) => name)
      await pool.query(
        `INSERT INTO user_notify (user_id, ${names.join()})
         VALUES (?, ${names.map(() => '?').join()})
         ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`).join()}`,
        [userId, ...columns.map(([, value]) => value)],
      )
    },
  }
}
