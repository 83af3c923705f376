const FIRST_MS = 400
const LONGEST_MS = 15_000

/**
 * How long to wait before attempt `attempt` + 1 (the first attempt is 0). Jittered, so that many
 * clients that failed together do not come back together; never before what the server asked for.
 */
export function retryDelayMs(
  attempt: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return Math.round(retryAfterMs + backoff * (0.5 + random() / 2))
}
