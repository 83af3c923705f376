import type { Fact } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import { createRepeater } from '../log/create-repeater.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { steadyNow } from '../steady-now.ts'
import { createStore } from '../store.ts'
import type { OthersReading } from './others-reading.ts'
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
  /** The page is hidden or closed: what waits is sent now. Resolves when it was tried. */
  readonly flush: () => Promise<void>
  readonly stop: () => void
}

/** Moves within this time are one command. */
const EVERY_MS = 1_000
const REMEMBERED = 8

export function createReading(ports: ReadingPorts): ReadingPart {
  const { record, call, myId } = ports
  const { roomId, info } = record
  const moves = createMoves(ports)
  const others = createStore<Reading['others']['current']>(new Map())
  const isOn = (): boolean => info.current?.features.readReceipts === 'people'
  /** While the room is open. */
  let shown: OthersReading | null = null
  let isOpen = false

  /** What comes before the code is in what is read then. */
  async function readOthers(): Promise<void> {
    const { createOthersReading } = await import('./others-reading.ts')
    if (!isOpen) return
    shown ??= createOthersReading({ roomId, call, myId, others, isOn })
    await shown.read()
  }
  // Without them the room can be read all the same; the next opening asks again.
  const showOthers = (): void => void readOthers().catch(() => undefined)

  return {
    mine: record.mark,
    others,
    markRead: (upTo) => moves.forward(upTo ?? record.log.position ?? 0),
    markUnread: (seq) => moves.back(Math.max(0, seq - 1)),
    opened() {
      isOpen = true
      showOthers()
    },
    closed() {
      isOpen = false
      shown?.close()
      shown = null
    },
    heard({ userId, readSeq, unread = 0, mentions = 0 }) {
      if (userId !== myId()) shown?.heard(userId, readSeq)
      else if (moves.isEcho(readSeq)) record.doubt()
      else if (record.isMine) {
        // It was counted at a head that is not told, at least that of the cursor.
        record.takeRead({ readSeq, unread, mentions }, readSeq, record.log.position ?? readSeq)
      }
    },
    left: (userId) => shown?.heard(userId, null),
    returned() {
      void moves.flush()
      if (isOpen) showOthers()
    },
    flush: moves.flush,
    stop: moves.stop,
  }
}

/** Tells the server where my cursor is to be: `record.pendingRead`, until that is confirmed. */
function createMoves({ record, request, random }: ReadingPorts) {
  const { roomId, log } = record
  /** The latest last. */
  const sent: number[] = []
  let sentAt = -Infinity

  async function command(upTo: number, mode?: 'set'): Promise<void> {
    sent.push(upTo)
    if (sent.length > REMEMBERED) sent.shift()
    const from = log.position ?? 0
    const state = await request('read:set', { roomId, upTo, ...(mode && { mode }) })
    record.takeRead(state, from, log.position ?? 0)
  }
  const repeater = createRepeater({
    random,
    gatherMs: () => Math.max(0, sentAt + EVERY_MS - steadyNow()),
    async run() {
      const upTo = record.pendingRead
      if (upTo === null) return
      sentAt = steadyNow()
      try {
        await command(upTo)
      } catch (error) {
        if (!(error instanceof ChatError) || error.isRetryable) throw error
        // Moved further meanwhile, it is tried with that.
        if (record.pendingRead === upTo) refused(error, upTo)
      }
      if (record.pendingRead !== null) repeater.ask()
    },
  })
  function refused({ details }: ChatError, upTo: number): void {
    record.takeBackRead()
    // Of a cursor that is ahead of the log.
    const { head = upTo } = Object(details) as { head?: number }
    if (head < upTo) forward(head)
  }
  function forward(upTo: number): void {
    if (!record.isMine || upTo <= record.readSeq) return
    record.moveRead(upTo)
    repeater.ask()
  }

  return {
    forward,
    async back(upTo: number): Promise<void> {
      record.pendingRead = null
      repeater.stop()
      try {
        await command(upTo, 'set')
        record.publish()
      } catch (error) {
        // It may have been done.
        record.doubt()
        throw error
      }
    },
    /** A command of mine that has come back as a fact, after a later one was sent: or was it carried out after it? */
    isEcho: (readSeq: number) => sent.includes(readSeq) && readSeq !== sent.at(-1),
    flush: repeater.now,
    stop: repeater.stop,
  }
}
