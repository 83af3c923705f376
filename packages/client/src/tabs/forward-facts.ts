import type { Event, Fact, Sync, SyncResult } from '@parley/message-schema'
import type { LiveFactName } from '../connection/link.ts'

export interface ForwardPorts {
  readonly tell: <Name extends LiveFactName>(name: Name, fact: Fact<Name>) => void
  /** The log is another one: whoever follows has to begin anew. */
  readonly restart: () => void
}

/** The events of a room that were told last, without a hole in them. */
interface Run {
  readonly from: number
  readonly upTo: number
}

interface Hold {
  readonly link: object
  /** `null`: all of them. */
  readonly roomIds: ReadonlySet<string> | null
  readonly facts: (() => void)[]
}

const ROOMS_MAX = 10_000
const HELD_MAX = 1_000

/**
 * What one tab's sockets are told, made into what the other tabs have to hear. The answer of a `sync`
 * belongs to it: the socket was silent for those rooms meanwhile. Of two sockets (a drain) and of
 * answers that overlap each event is told once.
 */
export function createForwarding({ tell, restart }: ForwardPorts) {
  const told = new Map<string, Run>()
  const holds = new Set<Hold>()

  const tellEvents = (roomId: string, head: number, events: readonly Event[]): void => {
    const run = told.get(roomId)
    // What is before the run may be what was missing: that is for the followers to know.
    const news = run ? events.filter(({ seq }) => seq > run.upTo || seq < run.from) : [...events]
    const [first, last] = [news[0]?.seq, news.at(-1)?.seq]
    if (first === undefined || last === undefined) return
    if (told.size >= ROOMS_MAX) told.clear()
    if (run === undefined || first > run.upTo + 1) told.set(roomId, { from: first, upTo: last })
    else if (first === run.upTo + 1) told.set(roomId, { from: run.from, upTo: last })
    tell('room:events', { roomId, head, events: news })
  }

  const pass = <Name extends LiveFactName>(name: Name, fact: Fact<Name>): void => {
    if (name === 'room:events') {
      const { roomId, head, events } = fact as Fact<'room:events'>
      tellEvents(roomId, head, events)
      return
    }
    if (name === 'room:removed') told.delete((fact as Fact<'room:removed'>).roomId)
    tell(name, fact)
  }

  const tellAnswer = ({ rooms }: SyncResult): void => {
    const heads: Record<string, number> = {}
    let isOtherLog = false
    for (const [roomId, room] of Object.entries(rooms)) {
      if (!('reset' in room)) {
        tellEvents(roomId, room.head, room.events)
        continue
      }
      told.delete(roomId)
      if (room.reason === 'not-member') tell('room:removed', { roomId })
      else if (room.reason === 'too-far') heads[roomId] = room.head
      else isOtherLog = true
    }
    // Whoever is behind such a head asks for what is missing.
    if (Object.keys(heads).length > 0) tell('room:heads', heads)
    if (isOtherLog) restart()
  }

  return {
    fact<Name extends LiveFactName>(link: object, name: Name, fact: Fact<Name>): void {
      const roomId = name === 'room:heads' || !('roomId' in fact) ? undefined : fact.roomId
      if (typeof roomId === 'string') {
        for (const hold of holds) {
          const isHeld = hold.link === link && (hold.roomIds?.has(roomId) ?? true)
          if (!isHeld || hold.facts.length >= HELD_MAX) continue
          hold.facts.push(() => pass(name, fact))
          return
        }
      }
      pass(name, fact)
    },

    /**
     * A `sync` is on its way. What the socket says of its rooms comes after the answer, also when it
     * is in the same packet. Answers what takes the answer; `null` if there is none.
     */
    sync(link: object, { rooms }: Sync): (answer: SyncResult | null) => void {
      const hold: Hold = { link, roomIds: rooms ? new Set(Object.keys(rooms)) : null, facts: [] }
      holds.add(hold)
      return (answer) => {
        holds.delete(hold)
        if (answer !== null) tellAnswer(answer)
        for (const tellHeld of hold.facts) tellHeld()
      }
    },

    /** Nobody follows what was told so far. */
    forget: () => told.clear(),
  }
}
