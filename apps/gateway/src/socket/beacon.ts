import type { RoomFeeds } from '../room-feed/room-feeds.ts'
import type { LocalUsers } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'

export interface BeaconPorts {
  readonly feeds: RoomFeeds
  readonly users: LocalUsers
  readonly intervalMs: number
}

/** A quiet room is named again after so many intervals. */
const FULL_EVERY = 12

/**
 * `room:heads`: what a reader compares its positions with. Each beacon names the rooms that moved
 * since the last, so that quiet rooms cost nothing; the first to a session, and one in twelve, names
 * all.
 */
export function startBeacon(ports: BeaconPorts): { readonly stop: () => void } {
  const told = new Map<string, number>()
  const greeted = new WeakSet<Session>()
  let count = 0

  const beacon = (): void => {
    count += 1
    const isFull = count % FULL_EVERY === 0
    const moved = new Set<string>()
    const heads = new Map<string, number>()
    for (const [roomId, position] of ports.feeds.positions()) {
      const head = Math.max(position, ports.feeds.get(roomId)?.head ?? 0)
      heads.set(roomId, head)
      if (told.get(roomId) !== head) moved.add(roomId)
    }
    told.clear()
    for (const [roomId, head] of heads) told.set(roomId, head)
    for (const session of ports.users.sessions()) {
      if (!session.isOpen || session.hasEnded) continue
      const all = isFull || !greeted.has(session)
      greeted.add(session)
      const named: Record<string, number> = {}
      for (const roomId of session.subscriptions.keys()) {
        const head = heads.get(roomId)
        if (head !== undefined && (all || moved.has(roomId))) named[roomId] = head
      }
      if (Object.keys(named).length > 0) session.socket.emit('room:heads', named)
    }
  }

  const timer = setInterval(beacon, ports.intervalMs)
  return { stop: () => clearInterval(timer) }
}
