const DAY_MS = 86_400_000

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' })
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const oldDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const oldDay = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

type Time = string | number | Date

const midnight = (time: Date): number =>
  new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()

/** Whole days of the calendar between then and now: 0 is today, 1 yesterday. */
export const daysAgo = (time: Time, now: Time = Date.now()): number =>
  Math.round((midnight(new Date(now)) - midnight(new Date(time))) / DAY_MS)

/** `14:05`, as this reader writes it. */
export const clockTime = (time: Time): string => clock.format(new Date(time))

/** For a list: `14:05`, `Tue`, `3 May` or `03/05/24`. */
export function shortWhen(time: Time, now: Time = Date.now()): string {
  const [then, days] = [new Date(time), daysAgo(time, now)]
  if (days <= 0) return clock.format(then)
  if (days < 7) return weekday.format(then)
  return (then.getFullYear() === new Date(now).getFullYear() ? date : oldDate).format(then)
}

/** For a tooltip: day and time. */
export const fullWhen = (time: Time): string => full.format(new Date(time))

const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1)

/** For a line between days: `Today`, `Yesterday`, `Tuesday 3 May`, `3 May 2024`. */
export function dayWords(time: Time, now: Time = Date.now()): string {
  const [then, days] = [new Date(time), daysAgo(time, now)]
  if (days === 0 || days === 1) return capital(relative.format(-days, 'day'))
  return (then.getFullYear() === new Date(now).getFullYear() ? day : oldDay).format(then)
}

const UNITS = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `5 minutes ago`, `in 2 days`. */
export function agoWords(time: Time, now: Time = Date.now()): string {
  const distance = new Date(time).getTime() - new Date(now).getTime()
  for (const [unit, ms] of UNITS) {
    if (Math.abs(distance) >= ms) return relative.format(Math.round(distance / ms), unit)
  }
  return relative.format(0, 'minute')
}
