const DAY_MS = 86_400_000

const startOfDay = (time: Date): number =>
  new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()

export function isSameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b))
}

export function timeLabel(ts: string, locale?: string): string {
  return new Date(ts).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
}

export function dayLabel(ts: string, now: Date, locale?: string): string {
  const time = new Date(ts)
  // Rounded, because days with a change of the clock are an hour longer or shorter.
  const days = Math.round((startOfDay(now) - startOfDay(time)) / DAY_MS)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return time.toLocaleDateString(locale, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(time.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  })
}
