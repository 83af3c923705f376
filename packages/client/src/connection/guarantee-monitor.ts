import type { Fact, SyncResult } from '@parley/message-schema'
import { createStore, type Store } from '../store.ts'
import { type Guarantees, KEPT } from './guarantees.ts'
import type { LiveFactName } from './link.ts'
import type { StartTimer } from './timer.ts'

/** Sees what comes over one socket, as it comes. */
export interface LinkMonitor {
  readonly fact: <Name extends LiveFactName>(name: Name, fact: Fact<Name>) => void
  /** Each answer to a `sync` of this socket, also one that came too late for who had asked. */
  readonly synced: (answer: SyncResult) => void
}

export interface GuaranteeMonitor {
  /** Of all links together. Told at most once a second; what is wrong is told at once. */
  readonly guarantees: Store<Guarantees>
  readonly watchLink: () => LinkMonitor
}

/** What was skipped, from and to, both included. */
type Hole = readonly [from: number, to: number]

interface RoomView {
  /** What is before was never expected of this socket. */
  begin: number
  position: number
  holes: Hole[]
}

/** Beyond so many holes of one room the oldest is forgotten: what fills it counts as double. */
const HOLES = 16
const TELL_EVERY_MS = 1_000

type Verdict = 'next' | 'gap' | 'double' | 'regression'

/** One event of one room: is it the next one of what this socket was promised? */
function judge(room: RoomView, seq: number): Verdict {
  const { position } = room
  if (seq > position) {
    room.position = seq
    if (seq === position + 1) return 'next'
    room.holes = [...room.holes, [position + 1, seq - 1] as const].slice(-HOLES)
    return 'gap'
  }
  const hole = room.holes.find(([from, to]) => seq >= from && seq <= to)
  if (hole !== undefined) {
    const [from, to] = hole
    const rest: Hole[] = [
      [from, seq - 1],
      [seq + 1, to],
    ]
    room.holes = [
      ...room.holes.filter((other) => other !== hole),
      ...rest.filter(([low, high]) => low <= high),
    ].slice(-HOLES)
    return 'regression'
  }
  return seq < room.begin ? 'regression' : 'double'
}

/**
 * Compares the live stream of each socket with docs/protocol.md: of a room it goes on after `to` of
 * the socket's own `sync`, after the head of a `reset`, or after the `head` of `room:added`. A room that
 * none of these has named begins wherever its first event is. Between request and answer of a `sync`
 * events that were on their way may still come: the answer is never behind them.
 */
export function createGuaranteeMonitor({
  startTimer,
}: {
  readonly startTimer: StartTimer
}): GuaranteeMonitor {
  const guarantees = createStore<Guarantees>(KEPT)
  let counts = KEPT
  let stopTimer: (() => void) | null = null

  const tell = (): void => {
    stopTimer?.()
    stopTimer = null
    guarantees.set(counts)
  }
  const count = (
    events: number,
    wrong: Partial<Record<'gaps' | 'doubles' | 'regressions', number>>,
  ) => {
    const { gaps = 0, doubles = 0, regressions = 0 } = wrong
    counts = {
      events: counts.events + events,
      gaps: counts.gaps + gaps,
      doubles: counts.doubles + doubles,
      regressions: counts.regressions + regressions,
    }
    if (gaps + doubles + regressions > 0) tell()
    else stopTimer ??= startTimer(TELL_EVERY_MS, tell)
  }

  return { guarantees, watchLink: () => watchLink(count) }
}

type Count = (
  events: number,
  wrong: Partial<Record<'gaps' | 'doubles' | 'regressions', number>>,
) => void

function watchLink(count: Count): LinkMonitor {
  const rooms = new Map<string, RoomView>()

  const expectAfter = (roomId: string, position: number): void => {
    const room = rooms.get(roomId)
    if (room === undefined) rooms.set(roomId, { begin: 0, position, holes: [] })
    else room.position = Math.max(room.position, position)
  }

  const take = ({ roomId, events }: Fact<'room:events'>): void => {
    const wrong = { gaps: 0, doubles: 0, regressions: 0 }
    for (const { seq } of events) {
      const room = rooms.get(roomId)
      if (room === undefined) {
        rooms.set(roomId, { begin: seq, position: seq, holes: [] })
        continue
      }
      const before = room.position
      const verdict = judge(room, seq)
      if (verdict === 'gap') wrong.gaps += seq - before - 1
      else if (verdict === 'double') wrong.doubles += 1
      else if (verdict === 'regression') wrong.regressions += 1
    }
    count(events.length, wrong)
  }

  return {
    fact(name, fact) {
      // Name and fact belong together, which the type of a generic function cannot say.
      if (name === 'room:events') take(fact as Fact<'room:events'>)
      else if (name === 'room:removed') rooms.delete((fact as Fact<'room:removed'>).roomId)
      else if (name === 'room:added') {
        const { roomId, head } = fact as Fact<'room:added'>
        rooms.set(roomId, { begin: 0, position: head, holes: [] })
      }
    },
    synced(answer) {
      for (const [roomId, room] of Object.entries(answer.rooms)) {
        if (!('reset' in room)) expectAfter(roomId, room.to)
        else if (room.reason === 'not-member') rooms.delete(roomId)
        else expectAfter(roomId, room.head)
      }
    },
  }
}
