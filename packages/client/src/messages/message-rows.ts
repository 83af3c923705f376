import type { Message } from '@parley/message-schema'
import type { Sender } from './fold-message.ts'
import { isSame } from './is-same.ts'
import { findBySeq, placeOf } from './sorted-by-seq.ts'
import type { TimelineMessage } from './timeline-message.ts'
import { toItem, toQuoted, type Overlay } from './to-item.ts'

export interface RowsPorts {
  /** Of one thread, or of the room without what is said in threads. */
  readonly thread?: number
  readonly meId: () => string | undefined
  readonly overlayOf: (seq: number) => Overlay | undefined
  /** Reads a message anew, as of `atLeast`. */
  readonly want: (seq: number, atLeast: number) => void
}

/** What the log says of a message (`base`), and what is shown of it (`item`). */
export interface Row {
  readonly seq: number
  base: Message
  /** Events up to here are in it. */
  asOf: number
  item: TimelineMessage
}

/** A range of messages, and the items that are shown of them. It knows no events. */
export class MessageRows {
  readonly #ports: RowsPorts
  /** All of the range: also what is said in threads, which tells how many replies there are. */
  #rows: Row[] = []
  #items: TimelineMessage[] = []
  /** The items were handed out: they are copied before the next change. */
  #isHandedOut = false
  /** Messages that are quoted or kept here and are not in the range. */
  readonly #outside = new Map<number, Row>()
  readonly #kept = new Set<number>()
  readonly #quoters = new Map<number, Set<number>>()
  readonly #mine = new Map<string, number>()
  /** Items as they were before they were replaced: what did not change stays the same object. */
  #known: ReadonlyMap<number, TimelineMessage> = new Map()
  /** To be composed anew before they are shown: once, however often they change until then. */
  readonly #dirty = new Set<number>()

  constructor(ports: RowsPorts) {
    this.#ports = ports
  }

  get items(): readonly TimelineMessage[] {
    this.#compose()
    this.#isHandedOut = true
    return this.#items
  }

  get size(): number {
    return this.#items.length
  }

  get first(): number | undefined {
    return this.#rows[0]?.seq
  }

  get last(): number | undefined {
    return this.#rows.at(-1)?.seq
  }

  get middle(): number | undefined {
    return this.#items[this.#items.length >> 1]?.seq ?? this.first
  }

  get hasOutside(): boolean {
    return this.#outside.size > 0
  }

  has(seq: number): boolean {
    return findBySeq(this.#rows, seq) !== undefined
  }

  inRange(seq: number): Row | undefined {
    return findBySeq(this.#rows, seq)
  }

  /** Also one that is only quoted. */
  readonly find = (seq: number): Row | undefined =>
    findBySeq(this.#rows, seq) ?? this.#outside.get(seq)

  /** All before `seq`, and those that are only quoted. */
  before(seq: number): Row[] {
    const outside = [...this.#outside.values()].filter((row) => row.seq < seq)
    return [...outside, ...this.#rows.slice(0, placeOf(this.#rows, seq))]
  }

  ofMine(clientMsgId: string): Message | undefined {
    const seq = this.#mine.get(clientMsgId)
    return seq === undefined ? undefined : this.inRange(seq)?.base
  }

  clear(): void {
    this.#outside.clear()
    this.#forgetRange()
  }

  /**
   * Other messages in place of these. `isOld`: events were left out since these were read. `latest`: the
   * last event that is known; what came while nothing was shown was told to nobody.
   */
  replace(data: readonly Message[], head: number, isOld: boolean, latest: number): void {
    // Until it is shown: events that follow may bring back some of them too.
    this.#known = new Map(this.#rows.map(({ seq, item }) => [seq, item]))
    this.#forgetRange()
    this.insert('end', data, head)
    for (const seq of this.#outside.keys()) {
      if (!this.#kept.has(seq) && !this.#quoters.has(seq)) this.#outside.delete(seq)
      else if (isOld) this.#ports.want(seq, head)
    }
    for (const seq of this.#kept) {
      const asOf = this.find(seq)?.asOf ?? -1
      if (asOf < latest) this.#ports.want(seq, latest)
    }
  }

  /** Keeps one up to date that need not be in the range. */
  keep(seq: number, known?: Message, asOf = 0): void {
    this.#kept.add(seq)
    if (this.find(seq) !== undefined) return
    if (known === undefined) this.#ports.want(seq, 0)
    else this.putOutside(known, asOf)
  }

  insert(side: 'start' | 'end', data: readonly Message[], head: number): void {
    const rows = data.map((message) => this.#makeRow(message, head))
    this.#rows = side === 'start' ? [...rows, ...this.#rows] : [...this.#rows, ...rows]
    for (const row of rows) {
      this.#outside.delete(row.seq)
      this.show(row.seq)
    }
    const shown = rows.filter(({ base }) => this.#isShown(base)).map(({ item }) => item)
    this.#items = side === 'start' ? [...shown, ...this.#items] : [...this.#items, ...shown]
    this.#isHandedOut = false
    for (const { seq } of rows) this.#showQuoters(seq)
  }

  push(message: Message): void {
    const row = this.#makeRow(message, message.seq)
    this.#rows.push(row)
    this.show(row.seq)
    if (this.#isShown(message)) this.#own().push(row.item)
  }

  change(row: Row, base: Message): void {
    if (base === row.base) return
    row.base = base
    this.show(row.seq)
    this.#showQuoters(row.seq)
  }

  /** One that is quoted or kept, and is not in the range. */
  putOutside(message: Message, head: number): void {
    const { seq } = message
    if (!this.#kept.has(seq) && !this.#quoters.has(seq)) return
    const row: Row = { seq, base: message, asOf: head, item: toItem(message, undefined) }
    this.#outside.set(seq, row)
    this.show(seq)
    this.#showQuoters(seq)
  }

  show(seq: number): void {
    this.#dirty.add(seq)
  }

  /** As it is now, whether it was shown so or not. */
  peek(seq: number): TimelineMessage | undefined {
    const row = this.find(seq)
    const item = row === undefined ? undefined : this.#toItem(row)
    return isSame(row?.item, item) ? row?.item : item
  }

  showAll(): void {
    for (const { seq } of this.#rows) this.show(seq)
    for (const seq of this.#outside.keys()) this.show(seq)
  }

  nameSender(sender: Sender): void {
    for (const row of this.#rows) {
      if (row.base.sender.id === sender.id) this.change(row, { ...row.base, sender })
    }
  }

  /** Answers how many items are gone. */
  dropOldest(keep: number): number {
    const dropped = this.#items.length - keep
    const first = this.#items[dropped]?.seq
    if (dropped <= 0 || first === undefined) return 0
    const rows = this.#rows.splice(0, placeOf(this.#rows, first))
    for (const row of rows) {
      const { clientMsgId, replyTo } = row.base
      if (clientMsgId !== undefined) this.#mine.delete(clientMsgId)
      this.#unlink(row.seq, replyTo)
      if (this.#quoters.has(row.seq) || this.#kept.has(row.seq)) this.#outside.set(row.seq, row)
    }
    this.#items = this.#items.slice(dropped)
    this.#isHandedOut = false
    return dropped
  }

  #forgetRange(): void {
    this.#dirty.clear()
    for (const seq of this.#outside.keys()) this.#dirty.add(seq)
    this.#rows = []
    this.#items = []
    this.#isHandedOut = false
    this.#quoters.clear()
    this.#mine.clear()
  }

  #isShown(message: Message): boolean {
    return this.#ports.thread !== undefined || message.threadId === undefined
  }

  #makeRow(base: Message, asOf: number): Row {
    const { seq, clientMsgId, replyTo } = base
    if (clientMsgId !== undefined) this.#mine.set(clientMsgId, seq)
    if (replyTo !== undefined) add(this.#quoters, replyTo, seq)
    return { seq, base, asOf, item: this.#known.get(seq) ?? toItem(base, undefined) }
  }

  #compose(): void {
    for (const seq of this.#dirty) {
      const row = this.find(seq)
      if (row === undefined) continue
      const item = this.#toItem(row)
      if (isSame(row.item, item)) continue
      row.item = item
      const at = placeOf(this.#items, seq)
      if (this.#items[at]?.seq === seq) this.#own()[at] = item
    }
    this.#dirty.clear()
    this.#known = new Map()
  }

  #toItem({ seq, base }: Row): TimelineMessage {
    const { replyTo } = base
    const quoted = replyTo === undefined ? undefined : this.find(replyTo)
    const isAsked = replyTo !== undefined && this.#quoters.has(replyTo)
    if (isAsked && quoted === undefined) this.#ports.want(replyTo, 0)
    const shown = quoted === undefined ? null : toQuoted(quoted.base)
    return toItem(base, this.#ports.meId(), this.#ports.overlayOf(seq), shown)
  }

  #showQuoters(seq: number): void {
    for (const quoter of this.#quoters.get(seq) ?? []) this.show(quoter)
  }

  #unlink(seq: number, replyTo: number | undefined): void {
    const quoters = replyTo === undefined ? undefined : this.#quoters.get(replyTo)
    if (replyTo === undefined || quoters === undefined) return
    quoters.delete(seq)
    if (quoters.size > 0) return
    this.#quoters.delete(replyTo)
    if (!this.#kept.has(replyTo)) this.#outside.delete(replyTo)
  }

  #own(): TimelineMessage[] {
    if (this.#isHandedOut) this.#items = [...this.#items]
    this.#isHandedOut = false
    return this.#items
  }
}

function add<Key>(map: Map<Key, Set<number>>, key: Key, seq: number): void {
  const seqs = map.get(key)
  if (seqs === undefined) map.set(key, new Set([seq]))
  else seqs.add(seq)
}
