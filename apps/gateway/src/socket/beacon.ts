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
/** What one turn of the event loop does of a beacon, in rooms: some 4 ms. A packet costs as much as so many. */
const ROOMS_A_TURN = 10_000
const ROOMS_OF_PACKET = 40

/**
 * `room:heads`: what a reader compares its positions with. Each beacon names the rooms that moved
 * since the last, so that quiet rooms cost nothing; the first to a session, and one in twelve, names
 * all. Sessions are told in their order, so many in a turn of the event loop, and others' work in between.
 */
export function startBeacon(ports: BeaconPorts): { readonly stop: () => void } {
  const { feeds, users, intervalMs } = ports
  const greeted = new WeakSet<Session>()
  let told: ReadonlyMap<string, number> = new Map()
  let count = 0
  let next: NodeJS.Immediate | undefined

  const tell = (session: Session, isFull: boolean, moved: ReadonlySet<string>): void => {
    if (!session.isOpen || session.hasEnded) return
    const all = isFull || !greeted.has(session)
    greeted.add(session)
    const named: Record<string, number> = {}
    for (const roomId of session.subscriptions.keys()) {
      // As it is now: a room that moves between two turns is named by the next beacon again.
      const head = all || moved.has(roomId) ? feeds.get(roomId)?.head : undefined
      if (head !== undefined) named[roomId] = head
    }
    if (Object.keys(named).length > 0) session.socket.emit('room:heads', named)
  }

  /** One beacon, in steps: each yields what it cost. */
  function* beacon(): Generator<number, undefined> {
    count += 1
    const isFull = count % FULL_EVERY === 0
    const heads = new Map<string, number>()
    const moved = new Set<string>()
    for (const [roomId, head] of feeds.heads()) {
      heads.set(roomId, head)
      if (told.get(roomId) !== head) moved.add(roomId)
      yield 1
    }
    told = heads
    // Those who are here now: they come and go between two turns.
    const sessions = [...users.sessions()]
    for (const session of sessions) {
      tell(session, isFull, moved)
      yield ROOMS_OF_PACKET + session.subscriptions.size
    }
  }

  const takeTurn = (steps: Generator<number, undefined>): void => {
    next = undefined
    for (let cost = 0; cost < ROOMS_A_TURN;) {
      const step = steps.next()
      if (step.done === true) return
      cost += step.value
    }
    next = setImmediate(takeTurn, steps)
  }

  const begin = (): void => {
    // Not all were told of the last one yet: who has no time for more beacons makes fewer.
    if (next === undefined) takeTurn(beacon())
  }

  const timer = setInterval(begin, intervalMs)
  return {
    stop: () => {
      clearInterval(timer)
      clearImmediate(next)
    },
  }
}
