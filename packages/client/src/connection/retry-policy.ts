/** The first pause is shorter than this, the second shorter than twice as much, and so on. */
export const FIRST_DELAY_MS = 400
export const LONGEST_DELAY_MS = 15_000
/** A session that lasted so long begins the pauses anew. */
export const STEADY_MS = 10_000
/** Sockets that never became ready, in a row, before plain HTTP is tried. */
export const SOCKET_TRIES = 3
/** While HTTP does it, a socket is tried so often, give or take a quarter. */
export const PROBE_EVERY_MS = 60_000
/** A token that is refused although it is new will not be taken later either. */
export const REFUSALS_MAX = 3
/** Showing a page again and again does not mean trying again and again. */
export const HURRY_EVERY_MS = 5_000
/** A token that lives shortly is near its end all the time: it is not refreshed all the time. */
const REFRESH_EVERY_MS = 30_000
/** Whatever it seems to have left, by clocks that do not agree. */
const REFRESH_FLOOR_MS = 3_000
export const REFRESH_AGAIN_MS = 10_000

/**
 * Full jitter: those that lost their connection together come back spread over the whole pause, and
 * nobody before the server asked for it. `failures` were there before this one.
 */
export function retryDelayMs(
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 20))
  return Math.round((retryAfterMs ?? 0) + random() * longest)
}

export const probeDelayMs = (random: () => number): number =>
  Math.round(PROBE_EVERY_MS * (0.75 + random() / 2))

/** At once as a rule; one that was refreshed a moment ago waits for a part of what it has left. */
export function refreshDelayMs(
  leftMs: number,
  sinceRefreshMs: number | null,
  random: () => number,
): number {
  if (sinceRefreshMs === null || sinceRefreshMs >= REFRESH_EVERY_MS) return 0
  return Math.round(Math.max(REFRESH_FLOOR_MS, leftMs * (0.25 + random() / 4)))
}
