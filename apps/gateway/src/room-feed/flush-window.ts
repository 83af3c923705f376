/** A window shorter than this gathers nothing that the turn of the event loop would not. */
const LEAST_MS = 2

export interface FlushWindowOptions {
  readonly fanoutMsPerSocket: number
  readonly fanoutWindowMs: number
}

/** How far apart the packets of a room with so many local sockets are, in ms; 0: as they come. */
export function flushWindow(
  sockets: number,
  { fanoutMsPerSocket, fanoutWindowMs }: FlushWindowOptions,
): number {
  const windowMs = Math.min(fanoutWindowMs, Math.floor(sockets * fanoutMsPerSocket))
  return windowMs < LEAST_MS ? 0 : windowMs
}
