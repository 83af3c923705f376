import { createStore, type WritableStore } from '../store.ts'
import type { People } from '../people/people.ts'
import type { ChatError } from '../chat-error.ts'
import type { RoomRecord } from './room-record.ts'
import type { LatestMessage, RoomList, RoomListItem, Unread } from './rooms.ts'

/** Changes within this time are one change of the list. The first one is put there in a microtask. */
const EVERY_MS = 50

interface Row {
  readonly record: RoomRecord
  item: RoomListItem
  /** Ends waiting for the name of who sent the latest message. */
  endName: (() => void) | null
}

const later = (one: Row, other: Row): number =>
  other.item.activeAt - one.item.activeAt ||
  (one.item.info.id < other.item.info.id ? -1 : Number(one.item.info.id > other.item.info.id))

const sum = (rows: readonly Row[]): Unread => {
  let [messages, mentions, rooms] = [0, 0, 0]
  for (const { item } of rows) {
    const { me } = item.info
    if (me === undefined || me.notify === 'none' || me.unread === 0) continue
    messages += me.unread
    mentions += me.mentions
    rooms += 1
  }
  return { messages, mentions, rooms }
}

function isSameLine(one: LatestMessage | null, other: LatestMessage | null): boolean {
  if (one === null || other === null) return one === other
  const { seq, text, senderName } = one
  return seq === other.seq && text === other.text && senderName === other.senderName
}

/** The list of my rooms and what is unread in them, made anew of the records that have changed. */
export class RoomListView {
  readonly list: WritableStore<RoomList>
  readonly unread: WritableStore<Unread>
  readonly #people: Pick<People, 'get'>
  readonly #rows = new Map<string, Row>()
  /** As they were sorted last: it is nearly right the next time. */
  #order: Row[] = []
  readonly #dirty = new Set<RoomRecord>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isQueued = false
  #publishedAt = -Infinity

  constructor(people: Pick<People, 'get'>) {
    this.#people = people
    this.list = createStore<RoomList>({ status: 'loading', error: null, rooms: [] })
    this.unread = createStore<Unread>({ messages: 0, mentions: 0, rooms: 0 })
  }

  /** It is in the stores at most 50 ms later, and at once if nothing has changed for so long. */
  changed(record: RoomRecord): void {
    this.#dirty.add(record)
    if (this.#timer !== undefined || this.#isQueued) return
    const wait = this.#publishedAt + EVERY_MS - Date.now()
    if (wait > 0) {
      this.#timer = setTimeout(() => this.publish(), wait)
      return
    }
    this.#isQueued = true
    queueMicrotask(() => {
      this.#isQueued = false
      this.publish()
    })
  }

  ready(): void {
    this.publish()
    const { status, rooms } = this.list.current
    if (status !== 'ready') this.list.set({ status: 'ready', error: null, rooms })
  }

  failed(error: ChatError): void {
    const { status, rooms } = this.list.current
    if (status !== 'ready') this.list.set({ status: 'failed', error, rooms })
  }

  /** Now, with all that has changed. */
  publish(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#publishedAt = Date.now()
    let isChanged = false
    for (const record of this.#dirty) {
      this.#dirty.delete(record)
      if (this.#update(record)) isChanged = true
    }
    if (!isChanged) return
    this.#sort()
    this.list.set({ ...this.list.current, rooms: this.#order.map(({ item }) => item) })
    const total = sum(this.#order)
    const { messages, mentions, rooms } = this.unread.current
    if (total.messages !== messages || total.mentions !== mentions || total.rooms !== rooms)
      this.unread.set(total)
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const row of this.#rows.values()) row.endName?.()
  }

  /** Answers whether its row is another one. */
  #update(record: RoomRecord): boolean {
    record.publish()
    const { roomId } = record
    const info = record.info.current
    const row = this.#rows.get(roomId)
    if (info === null) {
      row?.endName?.()
      return this.#rows.delete(roomId)
    }
    const known = row ?? { record, endName: null }
    const read = this.#latestOf(known)
    const latest = row !== undefined && isSameLine(row.item.latest, read) ? row.item.latest : read
    const activeAt = Date.parse(latest?.ts ?? record.activeTs ?? info.createdAt)
    if (row === undefined) {
      this.#rows.set(roomId, { ...known, item: { info, latest, activeAt } })
      return true
    }
    const { item } = row
    if (item.info === info && item.latest === latest && item.activeAt === activeAt) return false
    row.item = { info, latest, activeAt }
    return true
  }

  #latestOf(row: Pick<Row, 'endName' | 'record'>): LatestMessage | null {
    const { record } = row
    row.endName?.()
    row.endName = null
    if (record.line === undefined || record.line === null) return null
    const { version: _, ...line } = record.line
    const person = this.#people.get(line.senderId)
    // It is being read now: the list changes once more when it is there.
    if (person.current === null) row.endName = person.subscribe(() => this.changed(record))
    return { ...line, senderName: person.current?.displayName ?? '' }
  }

  #sort(): void {
    const before = new Set(this.#order)
    const rows = [...this.#rows.values()]
    this.#order = [
      ...this.#order.filter((row) => this.#rows.get(row.record.roomId) === row),
      ...rows.filter((row) => !before.has(row)),
    ].toSorted(later)
  }
}
