import type { Strings } from './strings.ts'

/** Times, sizes and lists in the words of one locale. */
export interface Formats {
  readonly time: (ts: string) => string
  readonly dayAndTime: (ts: string) => string
  /** Today, yesterday, or the date. */
  readonly day: (ts: string, now: number) => string
  readonly bytes: (bytes: number) => string
  readonly list: (names: readonly string[]) => string
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function createFormats(locale: string, strings: Strings): Formats {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long' })
  const names = new Intl.ListFormat(locale, { type: 'conjunction' })
  const sizes = UNITS.map(
    (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }),
  )
  return {
    time: (ts) => time.format(new Date(ts)),
    dayAndTime: (ts) => dayAndTime.format(new Date(ts)),
    day(ts, now) {
      const day = dayKey(ts)
      if (day === dayKey(now)) return strings.today
      const yesterday = new Date(now)
      yesterday.setDate(yesterday.getDate() - 1)
      return day === dayKey(yesterday) ? strings.yesterday : date.format(new Date(ts))
    },
    bytes(bytes) {
      const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1_000)), 3)
      return sizes[step]?.format(bytes / 1_000 ** step) ?? ''
    },
    list: (all) => names.format(all),
  }
}

/** The day of the person who looks, for comparison. */
export function dayKey(ts: string | number | Date): string {
  const at = new Date(ts)
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`
}
