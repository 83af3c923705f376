import { LIMITS } from '@parley/message-schema'
import type { LocalUsers } from '../sessions/local-users.ts'
import { resumeSession } from '../sessions/catch-up.ts'
import type { BackfillPorts } from '../sessions/backfill.ts'
import type { Session } from '../sessions/session.ts'
import type { SendBuffers } from './send-buffers.ts'

export interface WatchPorts extends BackfillPorts {
  readonly users: LocalUsers
  readonly lagBytes: number
  readonly closeBytes: number
  readonly lagLimitMs: number
  readonly slowClosed: () => void
  readonly buffers: SendBuffers
}

const EVERY_MS = 500
/** So long a fresh session may take to ask for `sync` before its rooms are live without it. */
const HOLD_MS = 1_000
const WARN_BEFORE_MS = 60_000
/** So many times the limit has who was seen to read enough for them at once. */
const LIMITS_AT_ONCE = 2

/** Slow readers and expired tokens: one walk over the sessions, no timer for each. */
export function watchSessions(ports: WatchPorts): { readonly stop: () => void } {
  const timer = setInterval(() => {
    const nowMs = Date.now()
    for (const session of ports.users.sessions()) {
      watchExpiry(session, nowMs)
      watchHold(session, nowMs, ports)
      watchLag(session, nowMs, ports)
    }
    ports.buffers.endWalk()
  }, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

function watchExpiry(session: Session, nowMs: number): void {
  const leftMs = session.expiresAtMs - nowMs
  if (leftMs <= 0) session.end('AUTH_EXPIRED')
  else if (leftMs <= WARN_BEFORE_MS && session.isOpen && !session.warnedOfExpiry) {
    session.warnedOfExpiry = true
    session.socket.emit('auth:expiring', { expiresAt: new Date(session.expiresAtMs).toISOString() })
  }
}

function watchHold(session: Session, nowMs: number, ports: WatchPorts): void {
  if (session.heldSinceMs === undefined || nowMs - session.heldSinceMs < HOLD_MS) return
  session.heldSinceMs = undefined
  resumeAll(session, ports)
}

function resumeAll(session: Session, ports: WatchPorts): void {
  resumeSession(session, [...session.subscriptions.keys()], ports).catch(() =>
    session.end('SERVER_BUSY'),
  )
}

/**
 * Who reads too slowly is handed no bodies until it has read what waits, then everything that it
 * missed; who does not read at all is closed. The neighbours do not wait for either.
 */
function watchLag(session: Session, nowMs: number, ports: WatchPorts): void {
  if (session.hasEnded) return
  const bytes = session.socket.unsentBytes()
  ports.buffers.note(bytes, session.laggingSinceMs !== undefined)
  // One answer to `sync` may be more than all that may wait besides. Closed for it, its reader would come back for
  // the same answer, again and again.
  if (bytes > ports.closeBytes + LIMITS.syncBytes) closeSlow(session, ports)
  else if (session.laggingSinceMs === undefined) {
    if (bytes > ports.lagBytes) startLagging(session, bytes, nowMs, ports)
  } else if (bytes < leastOf(ports)) {
    session.laggingSinceMs = undefined
    resumeAll(session, ports)
  } else if (!isReading(session, bytes, nowMs, ports)) closeSlow(session, ports)
}

const leastOf = ({ lagBytes }: WatchPorts): number => lagBytes / 4

/**
 * As much at least, in every `lagLimitMs`, as somebody has to read who has begun to lag just now. What grows while it
 * is read has to shrink again by as much. A kernel with a large buffer takes a megabyte at once and then nothing for as
 * long as its reader takes for that: who has read more has more time.
 */
function isReading(session: Session, bytes: number, nowMs: number, ports: WatchPorts): boolean {
  const { backlog } = session
  const steps = Math.floor((backlog.bytes - bytes) / (ports.lagBytes - leastOf(ports)))
  if (steps >= 1) {
    const timeMs = ports.lagLimitMs * Math.min(steps, LIMITS_AT_ONCE)
    session.backlog = { bytes, untilMs: nowMs + timeMs }
    session.socket.noteReading?.()
    return true
  }
  backlog.bytes = Math.max(backlog.bytes, bytes)
  return nowMs <= backlog.untilMs
}

function closeSlow(session: Session, ports: WatchPorts): void {
  ports.slowClosed()
  session.end('SLOW_CONSUMER')
}

function startLagging(
  session: Session,
  bytes: number,
  nowMs: number,
  { feeds, lagLimitMs }: WatchPorts,
): void {
  session.laggingSinceMs = nowMs
  session.backlog = { bytes, untilMs: nowMs + lagLimitMs }
  for (const roomId of session.subscriptions.keys()) {
    const feed = feeds.get(roomId)
    feed?.flush()
    session.pause(roomId, feed?.position ?? 0)
  }
}
