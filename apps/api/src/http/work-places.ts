import { ParleyError } from '@parley/message-schema'
import { Counter, Gauge, type Registry } from '@parley/server-kit'

/** Gives the place back; again does nothing. */
export type Leave = () => void

/** How many requests one replica works at. Those that wait for news, and bodies on their way, are not among them. */
export interface WorkPlaces {
  /** Throws `SERVER_BUSY` where all are taken. */
  readonly take: () => Leave
}

const RETRY_MS = 500
/** Those who are refused at the same moment do not come again at the same moment. */
const RETRY_SPREAD_MS = 1_000

/**
 * A replica that takes on whatever comes answers all of it too late: those who asked have given up and ask again,
 * its probes time out, and the balancer sends everybody to the next one. What is over the limit is refused before
 * it costs anything, so that the others are answered in time, and gateways, which ask elsewhere, as well.
 */
export function createWorkPlaces(most: number, metrics: Registry): WorkPlaces {
  let taken = 0
  const refused = new Counter({
    name: 'parley_http_refused_busy_total',
    help: 'Requests that were refused since this replica worked at as many as it may.',
    registers: [metrics],
  })
  const working = new Gauge({
    name: 'parley_http_requests_at_work',
    help: 'Requests that this replica works at, those that wait for news not counted.',
    registers: [metrics],
  })
  return {
    take() {
      if (taken >= most) {
        refused.inc()
        const retryAfterMs = RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS)
        throw new ParleyError('SERVER_BUSY', { retryAfterMs })
      }
      working.set((taken += 1))
      let isHeld = true
      return () => {
        if (isHeld) working.set((taken -= 1))
        isHeld = false
      }
    },
  }
}
