import type { Fact, SyncResult } from '@parley/message-schema'
import { createStore, type Store } from '../store.ts'
import { type Guarantees, KEPT } from './guarantees.ts'
import type { LiveFactName } from './link.ts'
import type { After } from '../after.ts'

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

type Counts = { -readonly [What in keyof Guarantees]: Guarantees[What] }

/** One event of one room: is it the next one of what this socket was promised? */
function judge(room: RoomView, seq: number, counts: Counts): void {
  const next = room.position + 1
  if (seq >= next) {
    room.position = seq
    if (seq === next) return
    counts.gaps += seq - next
    room.holes = [...room.holes, [next, seq - 1] as const].slice(-HOLES)
    return
  }
  const hole = room.holes.find(([from, to]) => seq >= from && seq <= to)
  if (hole === undefined) {
    counts[seq < room.begin ? 'regressions' : 'doubles'] += 1
    return
  }
  counts.regressions += 1
  const rest: Hole[] = [
    ...room.holes.filter((other) => other !== hole),
    [hole[0], seq - 1],
    [seq + 1, hole[1]],
  ]
  room.holes = rest.filter(([from, to]) => from <= to).slice(-HOLES)
}

const wrongs = ({ gaps, doubles, regressions }: Guarantees): number => gaps + doubles + regressions

/**
 * Compares the live stream of each socket with docs/protocol.md: of a room it goes on after `to` of
 * the socket's own `sync`, after the head of a `reset`, or after the `head` of `room:added`. A room that
 * none of these has named begins wherever its first event is. Between request and answer of a `sync`
 * events that were on their way may still come: the answer is never behind them.
 */
export function createGuaranteeMonitor({
  startTimer,
}: {
  readonly startTimer: After
}): GuaranteeMonitor {
  const guarantees = createStore<Guarantees>(KEPT)
  const counts: Counts = { ...KEPT }
  let stopTimer: (() => void) | null = null

  const tell = (): void => {
    stopTimer?.()
    stopTimer = null
    guarantees.set({ ...counts })
  }

  return {
    guarantees,
    watchLink: () =>
      watchLink((count) => {
        const before = wrongs(counts)
        count(counts)
        if (wrongs(counts) > before) tell()
        else stopTimer ??= startTimer(TELL_EVERY_MS, tell)
      }),
  }
}

function watchLink(counting: (count: (counts: Counts) => void) => void): LinkMonitor {
  const rooms = new Map<string, RoomView>()
  const beginAfter = (roomId: string, position: number, begin = 0): void =>
    void rooms.set(roomId, { begin, position, holes: [] })

  const expectAfter = (roomId: string, position: number): void => {
    const room = rooms.get(roomId)
    if (room === undefined) beginAfter(roomId, position)
    else room.position = Math.max(room.position, position)
  }

  const take = ({ roomId, events }: Fact<'room:events'>, counts: Counts): void => {
    counts.events += events.length
    for (const { seq } of events) {
      const room = rooms.get(roomId)
      if (room === undefined) beginAfter(roomId, seq, seq)
      else judge(room, seq, counts)
    }
  }

  return {
    fact(name, fact) {
      // Name and fact belong together, which the type of a generic function cannot say.
      if (name === 'room:events') counting((counts) => take(fact as Fact<'room:events'>, counts))
      else if (name === 'room:removed') rooms.delete((fact as Fact<'room:removed'>).roomId)
      else if (name === 'room:added') {
        const { roomId, head } = fact as Fact<'room:added'>
        beginAfter(roomId, head)
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
