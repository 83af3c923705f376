export interface Duration {
  readonly value: string
  readonly label: string
  /** Seconds; `null`: without an end. */
  readonly forS: number | null
}

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S

export const MUTE_DURATIONS: readonly Duration[] = [
  { value: '10m', label: '10 minutes', forS: 600 },
  { value: '1h', label: '1 hour', forS: HOUR_S },
  { value: '1d', label: '1 day', forS: DAY_S },
  { value: 'ever', label: 'Until it is taken back', forS: null },
]

export const BAN_DURATIONS: readonly Duration[] = [
  { value: '1h', label: '1 hour', forS: HOUR_S },
  { value: '1d', label: '1 day', forS: DAY_S },
  { value: '7d', label: '7 days', forS: 7 * DAY_S },
  { value: '30d', label: '30 days', forS: 30 * DAY_S },
  { value: 'ever', label: 'Until it is taken back', forS: null },
]

/** For a call: `{}` is without an end. */
export function endOf(durations: readonly Duration[], value: string): { forS?: number } {
  const forS = durations.find((duration) => duration.value === value)?.forS ?? null
  return forS === null ? {} : { forS }
}
