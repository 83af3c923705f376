import type { Fact } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import { ReadMoves } from './read-moves.ts'
import type { Reading } from './reading.ts'
import type { RoomRecord } from './room-record.ts'

export interface ReadingPorts {
  readonly record: RoomRecord
  readonly request: Connection['request']
  readonly call: CallRoute
  readonly myId: () => string
  readonly random?: (() => number) | undefined
}

export interface ReadingPart extends Reading {
  /** The room is shown: others' cursors are wanted. */
  readonly opened: () => void
  readonly closed: () => void
  /** Somebody's cursor was moved, maybe mine on another device. */
  readonly heard: (fact: Fact<'read:moved'>) => void
  readonly left: (userId: string) => void
  /** A session has begun: what could not be sent, and what was not heard. */
  readonly returned: () => void
  /** The page is hidden or closed: what waits is sent now. */
  readonly flush: () => void
  readonly stop: () => void
}

const NOBODY: ReadonlyMap<string, number> = new Map()

export function createReading(ports: ReadingPorts): ReadingPart {
  const { record, call, myId } = ports
  const moves = new ReadMoves(ports)
  const others = createStore(NOBODY)
  /** Heard while the list is on its way, which may be older. */
  let heard: Map<string, number> | null = null
  let isOpen = false
  let reads = 0

  const isOfPeople = (): boolean => record.info.current?.features.readReceipts === 'people'

  async function readOthers(): Promise<void> {
    reads += 1
    const mine = reads
    const since = new Map<string, number>()
    heard = since
    try {
      const { data, mode } = await call('GET /v1/rooms/:id/receipts', {
        params: { id: record.roomId },
      })
      if (mine !== reads) return
      const rows = data.map(({ userId, readSeq }): [string, number] => [userId, readSeq])
      const all = new Map(mode === 'people' ? [...rows, ...since] : [])
      all.delete(myId())
      others.set(all)
    } catch {
      // Without them the room can be read all the same; the next opening asks again.
    } finally {
      if (mine === reads) heard = null
    }
  }

  function heardOther(userId: string, readSeq: number): void {
    heard?.set(userId, readSeq)
    if (!isOpen || !isOfPeople() || others.current.get(userId) === readSeq) return
    others.set(new Map(others.current).set(userId, readSeq))
  }

  function heardMine({ readSeq, unread, mentions }: Fact<'read:moved'>): void {
    if (!record.isMine || moves.isEcho(readSeq)) return
    // It was counted at a head that is not told, at least that of the cursor.
    const state = { readSeq, unread: unread ?? 0, mentions: mentions ?? 0 }
    record.takeRead(state, readSeq, record.log.position ?? readSeq)
  }

  return {
    mine: record.mark,
    others,
    markRead: (upTo) => moves.forward(upTo ?? record.log.position ?? 0),
    markUnread: (seq) => moves.back(Math.max(0, seq - 1)),
    opened: () => {
      isOpen = true
      void readOthers()
    },
    closed: () => {
      isOpen = false
      reads += 1
      heard = null
      others.set(NOBODY)
    },
    heard: (fact) => {
      if (fact.userId === myId()) heardMine(fact)
      else heardOther(fact.userId, fact.readSeq)
    },
    left: (userId) => {
      heard?.delete(userId)
      if (!others.current.has(userId)) return
      const rest = new Map(others.current)
      rest.delete(userId)
      others.set(rest)
    },
    returned: () => {
      moves.flush()
      if (isOpen) void readOthers()
    },
    flush: () => moves.flush(),
    stop: () => moves.stop(),
  }
}
