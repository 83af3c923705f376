import { trendOf, type Point, type Trend } from './trend.ts'

/** How much a gauge may rise. */
export interface Bound {
  readonly anHour: number
  /** Less than this in all is no leak: caches fill, heaps settle, pools open what they may. */
  readonly inAll: number
}

/** Of apps, where nothing else is said below. */
const OF_ALL: Readonly<Record<string, Bound>> = {
  heapMiB: { anHour: 4, inAll: 8 },
  externalMiB: { anHour: 4, inAll: 8 },
  rssMiB: { anHour: 24, inAll: 64 },
  descriptors: { anHour: 5, inAll: 16 },
  resources: { anHour: 5, inAll: 16 },
  sessions: { anHour: 2, inAll: 2 },
  roomsFollowed: { anHour: 5, inAll: 40 },
  presenceUsers: { anHour: 2, inAll: 2 },
  presenceWatched: { anHour: 2, inAll: 2 },
  commandsQueued: { anHour: 1, inAll: 1 },
  loopDelayMs: { anHour: 50, inAll: 250 },
}

const OF_STORES: Readonly<Record<string, Readonly<Record<string, Bound>>>> = {
  redis: {
    lastingKeys: { anHour: 20, inAll: 20 },
    usedMiB: { anHour: 4, inAll: 8 },
    clients: { anHour: 2, inAll: 8 },
    channels: { anHour: 5, inAll: 40 },
  },
  database: {
    connections: { anHour: 2, inAll: 48 },
    statements: { anHour: 50, inAll: 400 },
    openTables: { anHour: 50, inAll: 400 },
  },
}

/** Grow because more is stored, or because the server fills the memory that it was given. */
const BY_DESIGN: ReadonlySet<string> = new Set([
  'redis keys',
  'database rssMiB',
  'database tablesMiB',
  'database threadsRunning',
])

export interface Verdict {
  readonly process: string
  readonly gauge: string
  /** Before anybody had connected. */
  readonly before: number | null
  readonly trend: Trend | null
  /** `null`: it is shown, and not judged. */
  readonly bound: Bound | null
  readonly says: 'steady' | 'grows' | 'too short' | 'not judged'
}

const HOUR_MS = 3_600_000

export function boundOf(process: string, gauge: string): Bound | null {
  if (BY_DESIGN.has(`${process} ${gauge}`)) return null
  return OF_STORES[process]?.[gauge] ?? OF_ALL[gauge] ?? null
}

/** It grows if its slope is surely above the bound, and it has risen by more than may be. */
export function judge(
  process: string,
  gauge: string,
  { before, points }: { readonly before: number | null; readonly points: readonly Point[] },
): Verdict {
  const bound = boundOf(process, gauge)
  const trend = trendOf(points)
  const shown = { process, gauge, before, trend, bound }
  if (bound === null) return { ...shown, says: 'not judged' }
  if (trend === null) return { ...shown, says: 'too short' }
  const risen = (trend.slope * trend.spanMs) / HOUR_MS
  const isLeak = trend.atLeast > bound.anHour && risen > bound.inAll
  return { ...shown, says: isLeak ? 'grows' : 'steady' }
}
