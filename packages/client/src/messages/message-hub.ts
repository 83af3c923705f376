import type { Event, ResetReason, Room, User } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { RoomLog } from '../log/room-log.ts'
import type { OutboxQueue, Stored } from '../outbox/outbox-queue.ts'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { Store } from '../store.ts'
import { EventTape } from './event-tape.ts'
import type { Sender } from './fold-message.ts'
import { LiveTimeline } from './live-timeline.ts'
import type { AfterEvent } from './message-window.ts'
import { pauseFor } from './pause-for.ts'
import { OwnCommands } from './own-commands.ts'
import { PendingTail } from './pending-tail.ts'
import { readRoomPage, readThreadPage } from './read-page.ts'
import { Reread } from './reread.ts'
import { Senders } from './senders.ts'
import type { QuotedMessage, TimelineMessage } from './timeline-message.ts'
import { toQuoted, type Overlay } from './to-item.ts'
import { Wishes } from './wishes.ts'

export interface MessagesPorts {
  readonly roomId: string
  readonly log: RoomLog
  readonly outbox: OutboxQueue
  readonly call: CallRoute
  readonly connection: Pick<Connection, 'request' | 'state'>
  readonly people: Pick<PeopleCache, 'get' | 'remember'>
  readonly me: Store<User | null>
  /** The others of a conversation, as the room names them. */
  readonly peers?: () => Room['peers']
  /** Called with each send of mine: of the room, or of one of its threads. */
  readonly onSend?: (threadId: number | undefined) => void
  /** Messages of one page of history: 50 by default, 200 at most. */
  readonly pageSize?: number
  /** What was read of a closed room is kept so long: 60 s by default. */
  readonly keepMs?: number
  readonly pause?: (ms: number) => Promise<void>
  readonly random?: () => number
}

export interface HubListener {
  readonly events: AfterEvent
  readonly reset: (head: number, reason: ResetReason) => void
}

const KEEP_MS = 60_000
const PAGE = 50

/**
 * Follows the log of one room while somebody asks for it, and hands every batch of events to all that
 * is shown of the room, so that each of it changes once.
 */
export class MessageHub {
  readonly ports: MessagesPorts
  readonly main: LiveTimeline
  readonly own: OwnCommands
  readonly wishes: Wishes
  readonly tape = new EventTape()
  readonly #senders: Senders
  readonly #reread: Reread
  readonly pause: (ms: number) => Promise<void>
  readonly #timelines = new Set<LiveTimeline>()
  readonly #listeners = new Set<HubListener>()
  readonly #tail: PendingTail
  #opened = 0
  #ends: (() => void)[] = []
  #closing: ReturnType<typeof setTimeout> | null = null

  constructor(ports: MessagesPorts) {
    this.ports = ports
    this.pause = ports.pause ?? pauseFor
    const { roomId, connection, outbox, me, people, call, peers = () => undefined } = ports
    const position = (): number | null => this.tape.position
    const changed = (seqs: ReadonlySet<number>): void => this.#show(seqs)
    const named = (sender: Sender): void => this.#name(sender)
    this.#senders = new Senders({ me, people, peers, call, named })
    this.own = new OwnCommands({
      roomId,
      outbox,
      position,
      changed,
      storedOfMine: (id) => this.#storedOfMine(id),
    })
    this.#tail = new PendingTail({
      own: this.own,
      me: () => this.#senders.of(this.meId ?? ''),
      quoted: (seq) => this.#quoted(seq),
    })
    const random = ports.random ?? Math.random
    this.wishes = new Wishes({ roomId, connection, position, changed, pause: this.pause, random })
    this.#reread = new Reread({
      read: readRoomPage(call, roomId),
      tape: this.tape,
      pause: this.pause,
      put: (messages, head, since) => {
        this.#senders.learn(messages.map(({ sender }) => sender))
        for (const { window } of this.#timelines) {
          for (const message of messages) window.put(message, head, since)
        }
        this.publish()
      },
    })
    this.main = this.#timeline(undefined)
    this.#timelines.add(this.main)
  }

  get meId(): string | undefined {
    return this.ports.me.current?.id
  }

  get isOpen(): boolean {
    return this.#ends.length > 0
  }

  readonly senderOf = (userId: string): Sender => this.#senders.of(userId)

  open(): () => void {
    this.#opened += 1
    if (this.#closing !== null) clearTimeout(this.#closing)
    this.#closing = null
    if (!this.isOpen) this.#start()
    void this.main.load()
    let isClosed = false
    return () => {
      if (isClosed) return
      isClosed = true
      this.#opened -= 1
      if (this.#opened > 0) return
      const { keepMs = KEEP_MS } = this.ports
      if (keepMs === 0) this.stop()
      else this.#closing = setTimeout(() => this.stop(), keepMs)
    }
  }

  /** Frees everything, whoever has it open. */
  stop(): void {
    if (this.#closing !== null) clearTimeout(this.#closing)
    this.#closing = null
    for (const end of this.#ends) end()
    this.#ends = []
    this.own.stop()
    this.#senders.stop()
    this.#reread.clear()
    for (const timeline of this.#timelines) timeline.free()
    this.#tail.clear()
    this.tape.begin(null)
  }

  listen(listener: HubListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A thread, shown beside the room from now on. */
  addThread(rootSeq: number, published: () => void): LiveTimeline {
    const timeline = this.#timeline(rootSeq, published)
    this.#timelines.add(timeline)
    return timeline
  }

  dropThread(timeline: LiveTimeline): void {
    timeline.free()
    this.#timelines.delete(timeline)
  }

  publish(): void {
    for (const timeline of this.#timelines) timeline.publish()
  }

  overlayOf(seq: number): Overlay | undefined {
    const overlay = this.own.overlay(seq)
    const reactions = this.wishes.reactions(seq)
    const pinned = this.wishes.pinned(seq)
    if (overlay === undefined && reactions === undefined && pinned === undefined) return undefined
    return {
      ...overlay,
      ...(reactions !== undefined && { reactions }),
      ...(pinned !== undefined && { pinned }),
    }
  }

  #timeline(thread: number | undefined, published?: () => void): LiveTimeline {
    const { roomId, call } = this.ports
    const { pageSize = PAGE } = this.ports
    const isRoom = thread === undefined
    return new LiveTimeline({
      roomId,
      tape: this.tape,
      pageSize,
      pause: this.pause,
      senderOf: this.senderOf,
      ...(thread !== undefined && { thread }),
      ...(published !== undefined && { published }),
      read: isRoom ? readRoomPage(call, roomId) : readThreadPage(call, roomId, thread),
      meId: () => this.meId,
      overlayOf: (seq) => this.overlayOf(seq),
      want: this.#reread.want,
      tail: () => this.#tail.of(thread),
      joined: ({ data, head, hasMoreAfter }) => {
        this.#senders.learn(data.map(({ sender }) => sender))
        this.own.refresh()
        if (isRoom && !hasMoreAfter) this.#show(this.own.settle(head))
      },
    })
  }

  #start(): void {
    const { log, me, connection } = this.ports
    this.tape.begin(log.position)
    this.#ends = [
      log.follow({
        events: (events) => this.#take(events),
        reset: (head, reason) => this.#reset(head, reason),
      }),
      me.subscribe(() => {
        for (const { window } of this.#timelines) window.rows.showAll()
        this.#show(new Set())
      }),
      connection.state.subscribe(() => this.#recover()),
    ]
    this.own.start()
  }

  #take(raw: readonly Event[]): void {
    // A sealed edit of mine says nothing, but I know what I have said.
    const events = raw.map((event) => {
      const isSealed = event.type === 'message:updated' && event.data.sealed === true
      const text = isSealed ? this.own.textOf(event.clientMsgId ?? '') : undefined
      return isSealed && text !== undefined ? { ...event, data: { ...event.data, text } } : event
    })
    this.tape.take(events)
    // Before the events are applied, so that nothing is seen twice.
    const seqs = this.own.heed(events)
    for (const seq of this.wishes.heed(this.tape.position ?? 0)) seqs.add(seq)
    this.#tail.touch()
    const told: [Event, TimelineMessage | undefined][] = []
    const after: AfterEvent = (event, item) => told.push([event, item])
    for (const timeline of this.#timelines) {
      if (timeline === this.main && this.#listeners.size > 0) timeline.take(events, after)
      else timeline.take(events)
    }
    this.#show(seqs)
    for (const { clientMsgId, seq, ts, msgNo, type, data } of events) {
      // Read at the next opening where it cannot be now.
      if (type === 'member:left' && data.reason === 'erased')
        this.#senders.reread(data.userId).catch(() => undefined)
      if (clientMsgId === undefined) continue
      const version = type === 'message:updated' ? { version: data.version } : {}
      const number = msgNo === undefined ? {} : { msgNo }
      const stored = { seq, ts, ...number, ...version }
      this.ports.outbox.confirm(this.ports.roomId, clientMsgId, stored)
    }
    for (const [event, item] of told) {
      for (const listener of this.#listeners) listener.events(event, item)
    }
  }

  #reset(head: number, reason: ResetReason): void {
    const isFirst = reason === 'too-far' && this.tape.position === null
    this.tape.begin(reason === 'not-member' ? null : head)
    // What was read before the log was known is kept, and with it what is still to be read.
    if (!isFirst) this.#reread.clear()
    for (const seq of this.wishes.heed(head)) this.#show(new Set([seq]))
    for (const timeline of this.#timelines) {
      if (isFirst) timeline.begin(head)
      else timeline.reset(reason)
    }
    for (const listener of this.#listeners) listener.reset(head, reason)
  }

  /** The log is known, or known again. */
  #recover(): void {
    if (this.ports.connection.state.current.status !== 'live') return
    const { position } = this.ports.log
    if (this.tape.position === null && position !== null) this.tape.begin(position)
    for (const timeline of this.#timelines) {
      const { window } = timeline
      const isShort = !window.hasAfter && window.coveredTo < (this.tape.position ?? 0)
      if (timeline.store.current.status === 'ready' && isShort) window.leaveBehind()
      void timeline.recover()
    }
  }

  #storedOfMine(clientMsgId: string): Stored | undefined {
    for (const { window } of this.#timelines) {
      const message = window.rows.ofMine(clientMsgId)
      if (message === undefined) continue
      const { seq, msgNo, ts } = message
      return { seq, msgNo, ts }
    }
    return undefined
  }

  #show(seqs: ReadonlySet<number>): void {
    this.#tail.touch()
    for (const { window } of this.#timelines) for (const seq of seqs) window.rows.show(seq)
    this.publish()
  }

  #name(sender: Sender): void {
    for (const { window } of this.#timelines) window.rows.nameSender(sender)
    this.publish()
  }

  #quoted(seq: number): QuotedMessage | null {
    for (const { window } of this.#timelines) {
      const row = window.rows.find(seq)
      if (row !== undefined) return toQuoted(row.base)
    }
    return null
  }
}
