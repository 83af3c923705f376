import type { Pool } from '../connect.ts'

export interface Totals {
  readonly rooms: number
  readonly users: number
  readonly messages: number
}

export interface StatsStore {
  readonly totals: () => Promise<Totals>
  /** Totals of the hour that began a day ago, or of the first one that there is. */
  readonly dayAgo: () => Promise<{ readonly at: Date; readonly messages: number } | null>
  /** Once an hour something new is written, however often and by how many it is asked for. */
  readonly sample: () => Promise<void>
}

/**
 * A message is counted by the number of the last one of its room: nothing is counted when one is
 * sent. Reading all heads is a scan of narrow rows, so whoever asks keeps the answer for a while.
 */
const TOTALS = `SELECT (SELECT COUNT(*) FROM room WHERE deleted_at IS NULL) AS rooms,
  (SELECT COUNT(*) FROM user WHERE erased_at IS NULL) AS users,
  (SELECT COALESCE(SUM(last_msg_no), 0) FROM room_head) AS messages`

const THIS_HOUR = `DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:00:00')`

export function createStatsStore(pool: Pool): StatsStore {
  return {
    async totals() {
      const [row] = await pool.query<Record<keyof Totals, number | string>[]>(TOTALS)
      const { rooms = 0, users = 0, messages = 0 } = row ?? {}
      // A sum is a decimal, which the driver hands over as text.
      return { rooms: Number(rooms), users: Number(users), messages: Number(messages) }
    },

    async dayAgo() {
      const [row] = await pool.query<{ at: Date; messages: number }[]>(
        `SELECT at, messages FROM stat_sample
         WHERE at >= ${THIS_HOUR} - INTERVAL 1 DAY ORDER BY at LIMIT 1`,
      )
      return row ?? null
    },

    async sample() {
      await pool.query(
        `INSERT IGNORE INTO stat_sample (at, rooms, users, messages)
         SELECT ${THIS_HOUR}, t.rooms, t.users, t.messages FROM (${TOTALS}) t`,
      )
    },
  }
}
