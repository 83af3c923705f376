import type { ChatError } from '../chat-error.ts'
import type { People } from '../people/people.ts'
import { steadyNow } from '../steady-now.ts'
import { createStore, type Store } from '../store.ts'
import { isSame } from './is-same.ts'
import type { RoomRecord } from './room-record.ts'
import type { LatestMessage, RoomList, RoomListItem, Unread } from './rooms.ts'

export interface RoomListView {
  readonly list: Store<RoomList>
  readonly unread: Store<Unread>
  /** It is in the stores at most 50 ms later, and at once if nothing has changed for so long. */
  readonly changed: (record: RoomRecord) => void
  /** Now, with all that has changed. */
  readonly publish: () => void
  /** All are known, or could not be read: told until they are known for the first time. */
  readonly read: (error: ChatError | null) => void
  readonly stop: () => void
}

interface Row {
  readonly item: RoomListItem
  /** Ends waiting for the name of who sent the latest message. */
  readonly endName: (() => void) | undefined
}

/** Changes within this time are one change of the list. The first one is put there in a microtask. */
const EVERY_MS = 50
const NOTHING: Unread = { messages: 0, mentions: 0, rooms: 0 }

const later = (one: RoomListItem, other: RoomListItem): number =>
  other.activeAt - one.activeAt ||
  (one.info.id < other.info.id ? -1 : Number(one.info.id > other.info.id))

const sum = (total: Unread, { info: { me } }: RoomListItem): Unread => {
  if (me === undefined || me.notify === 'none' || me.unread === 0) return total
  const { messages, mentions, rooms } = total
  return { messages: messages + me.unread, mentions: mentions + me.mentions, rooms: rooms + 1 }
}

/** The list of my rooms and what is unread in them, made anew of the records that have changed. */
export function createRoomListView(people: Pick<People, 'get'>): RoomListView {
  const list = createStore<RoomList>({ status: 'loading', error: null, rooms: [] })
  const unread = createStore(NOTHING)
  /** In the order of the list as it was shown last: nearly right the next time. */
  let rows = new Map<RoomRecord, Row>()
  const dirty = new Set<RoomRecord>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  let publishedAt = -Infinity

  function changed(record: RoomRecord): void {
    dirty.add(record)
    if (isDue) return
    isDue = true
    const waitMs = publishedAt + EVERY_MS - steadyNow()
    if (waitMs > 0) timer = setTimeout(publish, waitMs)
    else queueMicrotask(publish)
  }

  /** Answers whether its row is another one. */
  function update(record: RoomRecord): boolean {
    record.publish()
    const info = record.info.current
    const row = rows.get(record)
    row?.endName?.()
    if (info === null) return rows.delete(record)
    let latest: LatestMessage | null = null
    let endName: (() => void) | undefined
    if (record.line) {
      const { version: _, ...line } = record.line
      const person = people.get(line.senderId)
      // It is being read now: the list changes once more when it is there.
      if (person.current === null) endName = person.subscribe(() => changed(record))
      latest = { ...line, senderName: person.current?.displayName ?? '' }
    }
    const old = row?.item
    if (old !== undefined && isSame(old.latest, latest)) latest = old.latest
    const activeAt = Date.parse(latest?.ts ?? record.activeTs ?? info.createdAt)
    const isKept = old?.info === info && old.latest === latest && old.activeAt === activeAt
    rows.set(record, { item: isKept ? old : { info, latest, activeAt }, endName })
    return !isKept
  }

  function publish(): void {
    clearTimeout(timer)
    isDue = false
    publishedAt = steadyNow()
    const due = [...dirty]
    dirty.clear()
    if (due.filter(update).length === 0) return
    rows = new Map([...rows].toSorted(([, one], [, other]) => later(one.item, other.item)))
    const rooms = [...rows.values()].map(({ item }) => item)
    list.set({ ...list.current, rooms })
    const total = rooms.reduce(sum, NOTHING)
    if (!isSame(unread.current, total)) unread.set(total)
  }

  return {
    list,
    unread,
    changed,
    publish,
    read(error) {
      publish()
      const { status, rooms } = list.current
      const now = error === null ? 'ready' : 'failed'
      if (status !== 'ready') list.set({ status: now, error, rooms })
    },
    stop() {
      clearTimeout(timer)
      for (const { endName } of rows.values()) endName?.()
    },
  }
}
