/** A window shorter than this gathers nothing that the turn of the event loop would not. */
const LEAST_MS = 2

export interface FlushWindowOptions {
  readonly fanoutMsPerSocket: number
  readonly fanoutWindowMs: number
}

/**
 * For how long a busy room with so many local sockets gathers, in ms; 0: not at all. Halves of halves of the
 * longest, so that gateways with more sockets and with fewer still go at the same moments.
 */
export function flushWindow(
  sockets: number,
  { fanoutMsPerSocket, fanoutWindowMs }: FlushWindowOptions,
): number {
  const enough = sockets * fanoutMsPerSocket
  let windowMs = fanoutWindowMs
  while (windowMs > enough && windowMs >= LEAST_MS) windowMs /= 2
  return windowMs < LEAST_MS ? 0 : windowMs
}

/**
 * How long what is said in a room now waits for more of it, in ms. Whoever speaks into a quiet room waits for
 * nobody. A busy one goes at the same moments of the clock on every gateway: then what they all have
 * is one transaction, and one packet.
 */
export function gatherMs(nowMs: number, busyAtMs: number, windowMs: number): number {
  const sinceMs = nowMs - busyAtMs
  if (windowMs === 0 || sinceMs >= windowMs || sinceMs < 0) return 0
  return windowMs - (nowMs % windowMs)
}
