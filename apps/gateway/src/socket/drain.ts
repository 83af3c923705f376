import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalUsers } from '../sessions/local-users.ts'

/** Closed in so many steps: the other gateways have all of their handshakes to do. */
const STEPS = 20
const STEP_MS = 50
/** Told to be gone by then; the rest of the window is for those who are slow. */
const TOLD_PART = 0.7

/**
 * Each client is told when to connect elsewhere, spread over the window, so that it can do so before
 * it lets go here. Those that are left at its end are closed in steps, in the way that makes the
 * official client come back.
 */
export async function drainSessions(users: LocalUsers, windowMs: number): Promise<void> {
  for (const session of users.sessions()) {
    const afterMs = Math.round(Math.random() * windowMs * TOLD_PART)
    session.socket.emit('server:drain', { afterMs })
  }
  const untilMs = Date.now() + windowMs
  while (users.size > 0 && Date.now() < untilMs) await sleep(STEP_MS)
  const left = [...users.sessions()]
  const step = Math.max(1, Math.ceil(left.length / STEPS))
  for (let from = 0; from < left.length; from += step) {
    for (const session of left.slice(from, from + step)) session.end('DRAINING')
    await sleep(STEP_MS)
  }
}
