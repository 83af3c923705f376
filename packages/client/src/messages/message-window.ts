import type { Event, EventOf, Message } from '@parley/message-schema'
import {
  foldEvent,
  foldReply,
  isDeleted,
  messageFromEvent,
  tombstone,
  type Sender,
} from './fold-message.ts'
import { MessageRows, type Row, type RowsPorts } from './message-rows.ts'
import type { TimelineMessage } from './timeline-message.ts'

export interface MessagePage {
  /** Ascending. */
  readonly data: readonly Message[]
  /** What is on the page is as of this place in the log, or of somewhat later. */
  readonly head: number
  readonly hasMoreBefore: boolean
  readonly hasMoreAfter: boolean
}

export interface WindowPorts extends RowsPorts {
  readonly roomId: string
  readonly senderOf: (userId: string) => Sender
}

type Find = (seq: number) => Row | undefined
export type AfterEvent = (event: Event, item: TimelineMessage | undefined) => void

/**
 * One contiguous range of a room's messages, kept right by the events of its log. Pages are older or
 * newer than the last event: each row knows as of which place it was read, and `since` has the events
 * after a page's head that were applied before it came. It knows no network and no time.
 */
export class MessageWindow {
  readonly #ports: WindowPorts
  readonly rows: MessageRows
  #coveredTo = 0
  #hasBefore = false
  #hasAfter = false
  #isBehind = false
  #prepended = 0

  constructor(ports: WindowPorts) {
    this.#ports = ports
    this.rows = new MessageRows(ports)
  }

  get hasBefore(): boolean {
    return this.#hasBefore
  }

  get hasAfter(): boolean {
    return this.#hasAfter
  }

  /** Events were left out: nothing is added at the end until it was read anew. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  get prepended(): number {
    return this.#prepended
  }

  /** Up to here nothing is missing, where it reaches the end of the log. */
  get coveredTo(): number {
    return this.#coveredTo
  }

  clear(): void {
    this.rows.clear()
    this.#coveredTo = 0
    this.#hasBefore = false
    this.#hasAfter = false
    this.#isBehind = false
  }

  leaveBehind(): void {
    this.#isBehind = true
  }

  /** The range is this page now. What did not change stays the same object. */
  replace(page: MessagePage, since: readonly Event[]): void {
    const latest = Math.max(page.head, since.at(-1)?.seq ?? 0)
    this.rows.replace(page.data, page.head, this.#isBehind, latest)
    this.#hasBefore = page.hasMoreBefore
    this.#joinEnd(page, since)
  }

  prepend(page: MessagePage, since: readonly Event[]): void {
    const { first = Infinity, size } = this.rows
    const data = page.data.filter(({ seq }) => seq < first)
    this.#hasBefore = page.hasMoreBefore
    this.rows.insert('start', data, page.head)
    this.#prepended += this.rows.size - size
    this.#catchUp(data, page.head, since, false)
  }

  append(page: MessagePage, since: readonly Event[]): void {
    const { last = 0 } = this.rows
    const data = page.data.filter(({ seq }) => seq > last)
    this.rows.insert('end', data, page.head)
    this.#joinEnd({ ...page, data }, since)
  }

  /** Answers `false` where events are missing before these: it is to be read anew. */
  apply(events: readonly Event[], after?: AfterEvent): boolean {
    const [first] = events
    if (first === undefined) return true
    if (!this.#hasAfter && first.seq > this.#coveredTo + 1) this.#isBehind = true
    for (const event of events) {
      this.#touch(this.rows.find, event)
      if (!this.#hasAfter && !this.#isBehind) this.#advance(event)
      after?.(event, this.rows.peek(event.ref ?? event.seq))
    }
    return !this.#isBehind
  }

  /** A message that was read anew. */
  put(message: Message, head: number, since: readonly Event[]): void {
    const { seq } = message
    const row = this.rows.find(seq)
    if (row === undefined) this.rows.putOutside(message, head)
    else {
      const { threadId } = row.base
      const isBare = isDeleted(message) && threadId !== undefined
      row.asOf = head
      this.rows.change(row, isBare ? { ...message, threadId } : message)
    }
    const only: Find = (wanted) => (wanted === seq ? this.rows.find(seq) : undefined)
    for (const event of since) this.#touch(only, event)
  }

  /** Forgets the oldest: only at the live end, and where nobody looks at them. */
  trim(keep: number): void {
    const dropped = this.rows.dropOldest(keep)
    if (dropped === 0) return
    this.#hasBefore = true
    this.#prepended -= dropped
  }

  #joinEnd(page: MessagePage, since: readonly Event[]): void {
    this.#hasAfter = page.hasMoreAfter
    this.#isBehind = false
    this.#coveredTo = page.head
    this.#catchUp(page.data, page.head, since, !page.hasMoreAfter)
  }

  /** Applies to what was just read the events that it may be older than. */
  #catchUp(data: readonly Message[], head: number, since: readonly Event[], isEnd: boolean): void {
    const read = new Set(data.map(({ seq }) => seq))
    const find: Find = (seq) => (read.has(seq) ? this.rows.inRange(seq) : undefined)
    for (const event of since) {
      if (event.seq <= head) continue
      this.#touch(find, event)
      if (!isEnd) continue
      this.#advance(event)
      read.add(event.seq)
    }
  }

  #advance(event: Event): void {
    if (event.seq <= this.#coveredTo) return
    this.#coveredTo = event.seq
    if (event.type !== 'message:created' || event.seq <= (this.rows.last ?? 0)) return
    const { thread, roomId, senderOf } = this.#ports
    if (thread !== undefined && event.data.threadId !== thread) return
    this.rows.push(messageFromEvent(roomId, event, senderOf(event.actor.id)))
  }

  #touch(find: Find, event: Event): void {
    if (event.type === 'room:updated') this.#erase(find, event)
    else if (event.type === 'message:created') {
      const root = event.data.threadId === undefined ? undefined : find(event.data.threadId)
      if (root !== undefined && event.seq > root.asOf) {
        this.rows.change(root, foldReply(root.base, event.seq))
      }
    } else if (event.ref !== undefined) {
      const row = find(event.ref)
      if (event.type === 'message:deleted') this.#recount(find, event, row)
      if (row === undefined || event.seq <= row.asOf) return
      const { message, mustRead } = foldEvent(row.base, event, this.#ports.meId())
      this.rows.change(row, message)
      if (mustRead) this.#ports.want(row.seq, event.seq)
    }
  }

  /** A reply that was deleted counts no more. Of a tombstone one is not told where it hung. */
  #recount(find: Find, event: EventOf<'message:deleted'>, row: Row | undefined): void {
    const { seq, ref = 0 } = event
    const threadId = row?.base.threadId
    if (row !== undefined && (threadId !== undefined || !isDeleted(row.base))) {
      const root = threadId === undefined ? undefined : find(threadId)
      if (root !== undefined && seq > root.asOf) this.#ports.want(root.seq, seq)
      return
    }
    if (ref < (this.rows.first ?? Infinity) && !this.rows.hasOutside) return
    for (const root of this.rows.before(ref)) {
      const isOf = (root.base.thread?.lastSeq ?? 0) >= ref && seq > root.asOf
      if (isOf && find(root.seq) === root) this.#ports.want(root.seq, seq)
    }
  }

  /** Retention: what was said up to a place has no body any more. */
  #erase(find: Find, { seq, data: { erasedTo } }: EventOf<'room:updated'>): void {
    if (erasedTo === undefined) return
    for (const row of this.rows.before(erasedTo + 1)) {
      const isDue = seq > row.asOf && !isDeleted(row.base) && find(row.seq) === row
      if (isDue) this.rows.change(row, tombstone(row.base, row.base.ts))
    }
  }
}
