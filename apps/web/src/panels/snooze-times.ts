export interface SnoozeTime {
  readonly id: string
  readonly label: string
  /** When it ends. */
  readonly at: (now: Date) => Date
}

const after = (hours: number) => (now: Date) => new Date(now.getTime() + hours * 3_600_000)

/** Nine in the morning, so many days from now. */
const morning = (days: number) => (now: Date) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9)

export const SNOOZE_TIMES: readonly SnoozeTime[] = [
  { id: '1h', label: 'For 1 hour', at: after(1) },
  { id: '4h', label: 'For 4 hours', at: after(4) },
  { id: 'tomorrow', label: 'Until tomorrow at nine', at: morning(1) },
  { id: 'week', label: 'For a week', at: morning(7) },
]
