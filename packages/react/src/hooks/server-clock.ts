import type { Connection, Store } from '@parley/client'

type Sessions = Pick<Connection, 'session'>
type Session = Connection['session'] extends Store<infer Value> ? NonNullable<Value> : never

interface Reading {
  readonly session: Session
  readonly serverMs: number
  readonly atMs: number
}

const readings = new WeakMap<Sessions, Reading | null>()

/** Takes the time of the server down with each session that begins. Without it nothing is known of sessions before. */
export function followServerClock(connection: Sessions): void {
  if (readings.has(connection)) return
  readings.set(connection, null)
  // One that is there already said it some while ago.
  connection.session.subscribe(() => {
    const session = connection.session.current
    if (session === null || readings.get(connection)?.session === session) return
    const serverMs = Date.parse(session.serverTime)
    readings.set(connection, { session, serverMs, atMs: performance.now() })
  })
}

/**
 * Milliseconds since 1970 by the clock of the server, which the ends of mutes and the times of messages are
 * of: that of a device may be wrong by hours. The device's own before there was a session.
 */
export function serverNow(connection: Sessions): number {
  const reading = readings.get(connection)
  if (reading == null || Number.isNaN(reading.serverMs)) return Date.now()
  return reading.serverMs + performance.now() - reading.atMs
}
