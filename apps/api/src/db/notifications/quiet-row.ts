import type { QuietMinutes } from '../../notifications/notify-level.ts'

export interface QuietColumns {
  readonly quiet_zone: string | null
  readonly quiet_from: number | null
  readonly quiet_to: number | null
}

export const quietFromRow = (row: QuietColumns): QuietMinutes | null =>
  row.quiet_zone === null || row.quiet_from === null || row.quiet_to === null
    ? null
    : { timeZone: row.quiet_zone, from: row.quiet_from, to: row.quiet_to }
