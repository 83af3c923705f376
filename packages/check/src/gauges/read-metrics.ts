import type { Gauges } from './gauge.ts'

const MIB = 1_024 ** 2

/** Series of `/metrics` that are gauges: docs/metrics.md says what each is. */
const WANTED: Readonly<Record<string, readonly [gauge: string, of: number]>> = {
  nodejs_heap_size_used_bytes: ['heapMiB', MIB],
  nodejs_external_memory_bytes: ['externalMiB', MIB],
  nodejs_active_resources_total: ['resources', 1],
  nodejs_eventloop_lag_p99_seconds: ['loopDelayMs', 0.001],
  parley_sessions: ['sessions', 1],
  parley_rooms_followed: ['roomsFollowed', 1],
  parley_commands_queued: ['commandsQueued', 1],
  parley_presence_users: ['presenceUsers', 1],
  parley_presence_watched: ['presenceWatched', 1],
}

const TIMEOUT_MS = 5_000

/** Nothing of a process that does not answer now. */
export async function readMetrics(url: string): Promise<Gauges> {
  try {
    const response = await fetch(new URL('/metrics', url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return response.ok ? parseMetrics(await response.text()) : {}
  } catch {
    return {}
  }
}

export function parseMetrics(text: string): Gauges {
  const gauges: Record<string, number> = {}
  for (const [, series = '', number] of text.matchAll(/^(\w+)(?:\{[^}]*\})? (\S+)$/gmu)) {
    const [gauge, of] = WANTED[series] ?? []
    const value = Number(number)
    if (gauge !== undefined && of !== undefined && Number.isFinite(value))
      gauges[gauge] = value / of
  }
  return gauges
}
