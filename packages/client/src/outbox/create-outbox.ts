import type { ChatError } from '../chat-error.ts'
import { newId } from '../new-id.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createStore, type Store } from '../store.ts'
import { after as afterTimeout, type After } from '../after.ts'
import { openTabChannel, type OpenTabChannel } from '../tabs/tab-channel.ts'
import { browserLocks, type TabLocks } from '../tabs/tab-lock.ts'
import { changeItem, newItem, type OutboxItem } from './outbox-item.ts'
import { closed, takenBack, tooMany } from './outbox-errors.ts'
import { OutboxLanes } from './outbox-lanes.ts'
import type { OutboxQueue, Stored } from './outbox-queue.ts'
import {
  keyOf,
  orderOf,
  placeOf,
  readOrder,
  toEntry,
  toErrorBody,
  type OutboxRecord,
} from './outbox-record.ts'
import { OutboxTabs } from './outbox-tabs.ts'
import type { Drafts, OutboxEntry } from './outbox.ts'

export interface OutboxPorts {
  readonly storage: ClientStorage
  readonly drafts: Drafts
  /** Sends it once. Throws `ChatError`; anything else is a refusal for good. */
  readonly send: (
    roomId: string,
    command: OutboxEntry['command'],
    clientMsgId: string,
  ) => Promise<Stored>
  /** There is a way to the server. */
  readonly isReady: Store<boolean>
  /** The same in all tabs of one account. */
  readonly name: string
  /** New with every load of the page. */
  readonly tabId: string
  readonly locks?: TabLocks | null
  readonly openChannel?: OpenTabChannel | null
  readonly now?: () => number
  readonly random?: () => number
  readonly after?: After
  readonly newId?: () => string
  readonly onWarning?: (message: string, cause: unknown) => void
}

export interface CreatedOutbox extends OutboxQueue {
  /** Resolves when nothing waits that could be sent. */
  readonly drained: () => Promise<void>
  /** Sends no more. What waits stays in the storage, for another tab or the next load. */
  readonly close: () => void
}

const ROOM_MAX = 500
const ALL_MAX = 5_000
const CONFIRMED_MAX = 1_000

type FilledPorts = OutboxPorts &
  Required<Pick<OutboxPorts, 'locks' | 'openChannel' | 'now' | 'random' | 'after' | 'newId'>>

class StoredOutbox implements CreatedOutbox {
  readonly #ports: FilledPorts
  readonly drafts: Drafts
  readonly entries = createStore<readonly OutboxEntry[]>([])
  /** By room and id. */
  readonly #items = new Map<string, OutboxItem>()
  /** The same: the last that were seen in the log. An entry that is read from the storage later is done. */
  readonly #confirmed = new Map<string, Stored>()
  readonly #shownForeign = new WeakMap<OutboxRecord, OutboxEntry>()
  readonly #idle = new Set<() => void>()
  readonly #lanes: OutboxLanes
  readonly #tabs: OutboxTabs
  #isStarted = false
  #isDirty = false
  #isClosed = false
  #lastAt = 0
  #count = 0

  readonly #warn = (cause: unknown): void => {
    if (!this.#isClosed) this.#ports.onWarning?.('What waits to be sent could not be kept.', cause)
  }

  readonly #showForeign = (record: OutboxRecord): OutboxEntry => {
    const entry = this.#shownForeign.get(record) ?? toEntry(record)
    this.#shownForeign.set(record, entry)
    return entry
  }

  readonly #publish = (): void => {
    if (this.#isDirty) return
    this.#isDirty = true
    queueMicrotask(() => {
      this.#isDirty = false
      const others = this.#tabs.foreign.filter(
        (record) => !this.#items.has(placeOf(record)) && !this.#confirmed.has(placeOf(record)),
      )
      const all = [
        ...[...this.#items.values()].map(({ record, entry }) => ({ order: record.order, entry })),
        ...others.map((record) => ({ order: record.order, entry: this.#showForeign(record) })),
      ].toSorted((a, b) => (a.order < b.order ? -1 : 1))
      this.entries.set(all.map(({ entry }) => entry))
      if (this.#isBusy()) return
      for (const resolve of this.#idle) resolve()
      this.#idle.clear()
    })
  }

  /** Something that waits could be sent: not what is refused, nor anything while there is no way. */
  readonly #isBusy = (): boolean =>
    [...this.#items.values()].some(({ record }) => record.error === null)

  readonly #write = (item: OutboxItem, change: () => Promise<void>): Promise<void> => {
    item.writes = item.writes.then(change).then(this.#tabs.announce, this.#warn)
    return item.writes
  }
  readonly #keep = (item: OutboxItem): Promise<void> => {
    const { record } = item
    return this.#write(item, () => this.#ports.storage.put(keyOf(record), record))
  }
  readonly #forget = (item: OutboxItem): void => {
    this.#items.delete(placeOf(item.record))
    this.#lanes.remove(item)
    void this.#write(item, () => this.#ports.storage.delete(keyOf(item.record)))
    this.#publish()
  }

  readonly #remember = (place: string, stored: Stored): void => {
    this.#confirmed.delete(place)
    this.#confirmed.set(place, stored)
    const [oldest] = this.#confirmed.keys()
    if (this.#confirmed.size > CONFIRMED_MAX && oldest !== undefined) this.#confirmed.delete(oldest)
  }

  readonly #done = (item: OutboxItem, stored: Stored): void => {
    this.#remember(placeOf(item.record), stored)
    this.#forget(item)
    item.settle.resolve(stored)
  }

  readonly #refused = (item: OutboxItem, error: ChatError): void => {
    changeItem(item, { error: toErrorBody(error) })
    void this.#keep(item)
    this.#publish()
    item.settle.reject(error)
    this.#disown(item)
  }

  /** Whoever asks for an edit or a delete takes it back when it is refused; of this one nobody does. */
  readonly #disown = (item: OutboxItem): void => {
    const { entry, isAdopted } = item
    if (!isAdopted || entry.error === null || entry.command.kind === 'send') return
    this.#ports.onWarning?.('A message could not be changed.', entry.error)
    // Once it was seen to have failed: it is not shown as done any more.
    queueMicrotask(() => this.#forget(item))
  }

  readonly #insert = (item: OutboxItem): void => {
    this.#items.set(placeOf(item.record), item)
    this.#lanes.insert(item)
  }

  readonly #adopt = (records: readonly OutboxRecord[]): void => {
    for (const record of records) {
      if (this.#items.has(placeOf(record))) continue
      const item = newItem(record, true)
      const [at, nth] = readOrder(record.order)
      if (at > this.#lastAt || (at === this.#lastAt && nth > this.#count)) {
        this.#lastAt = at
        this.#count = nth
      }
      const stored = this.#confirmed.get(placeOf(record))
      this.#insert(item)
      if (stored !== undefined) this.#done(item, stored)
      else this.#disown(item)
    }
    this.#publish()
    this.#lanes.pump()
  }

  readonly #asked = (what: 'retry' | 'cancel', place: string): void => {
    const item = this.#items.get(place)
    if (what === 'retry' && item !== undefined) this.#retry(item)
    else if (item !== undefined) this.#cancel(item)
  }

  /** Above all that was said before, also if the clock went back. */
  readonly #nextOrder = (): string => {
    const at = this.#ports.now()
    if (at > this.#lastAt) [this.#lastAt, this.#count] = [at, 0]
    else this.#count += 1
    return orderOf(this.#lastAt, this.#count)
  }

  readonly #newRecord = (
    roomId: string,
    command: OutboxEntry['command'],
    clientMsgId: string,
  ): OutboxRecord => ({
    clientMsgId,
    roomId,
    command,
    createdAt: this.#ports.now(),
    order: this.#nextOrder(),
    tabId: this.#ports.tabId,
    // Saves writing it twice.
    isTried: this.#lanes.isFree(roomId),
    error: null,
  })

  /** What could not be read may be read when the network is back: the code for it comes from there. */
  readonly #start = (): void => {
    if (this.#isStarted || this.#isClosed) return
    this.#isStarted = true
    this.#tabs.start().catch((cause: unknown) => {
      this.#isStarted = false
      this.#warn(cause)
    })
  }

  constructor(ports: FilledPorts) {
    this.#ports = ports
    this.drafts = ports.drafts
    this.#lanes = new OutboxLanes({
      ...ports,
      send: ({ record }) => this.#ports.send(record.roomId, record.command, record.clientMsgId),
      beforeFirst: (item) => {
        changeItem(item, { isTried: true })
        return this.#keep(item)
      },
      putOff: (item) => {
        if (!item.isUncertain) changeItem(item, { isTried: false })
      },
      done: (item, stored) => this.#done(item, stored),
      refused: this.#refused,
    })
    this.#tabs = new OutboxTabs({
      ...ports,
      adopt: this.#adopt,
      changed: this.#publish,
      asked: this.#asked,
      warn: this.#warn,
    })
    this.#start()
    ports.isReady.subscribe(this.#start)
  }

  readonly add: OutboxQueue['add'] = (roomId, command, given) => {
    const clientMsgId = (given ?? this.#ports.newId()).toLowerCase()
    const place = placeOf({ roomId, clientMsgId })
    const known = this.#confirmed.get(place)
    if (known !== undefined) return { clientMsgId, stored: Promise.resolve(known) }
    const there = this.#items.get(place)
    if (there !== undefined) {
      this.#retry(there)
      return { clientMsgId, stored: there.stored }
    }
    const isFull = this.#items.size >= ALL_MAX || this.#lanes.countIn(roomId) >= ROOM_MAX
    if (isFull || this.#isClosed) {
      const stored = Promise.reject<Stored>(isFull ? tooMany() : closed())
      stored.catch(() => undefined)
      return { clientMsgId, stored, isRefused: true }
    }
    const item = newItem(this.#newRecord(roomId, command, clientMsgId), false)
    item.isUncertain = false
    this.#insert(item)
    this.#publish()
    void this.#keep(item).then(() => {
      item.isKept = true
      this.#lanes.pump()
    })
    return { clientMsgId, stored: item.stored }
  }

  readonly retry: OutboxQueue['retry'] = (roomId, clientMsgId) => {
    const place = placeOf({ roomId, clientMsgId })
    const item = this.#items.get(place)
    if (item !== undefined) return this.#retry(item)
    this.#tabs.ask('retry', place)
  }

  readonly #retry = (item: OutboxItem): void => {
    if (item.record.error === null) return
    changeItem(item, { error: null })
    void this.#keep(item)
    this.#publish()
    this.#lanes.pump()
  }

  readonly cancel: OutboxQueue['cancel'] = (roomId, clientMsgId) => {
    // What is left is kept, whoever is told now that nobody waits for it here.
    if (this.#isClosed) return false
    const place = placeOf({ roomId, clientMsgId })
    const item = this.#items.get(place)
    if (item !== undefined) return this.#cancel(item)
    const foreign = this.#tabs.foreign.find((record) => placeOf(record) === place)
    if (foreign === undefined || foreign.error === null) return false
    this.#tabs.ask('cancel', place)
    return true
  }

  readonly #cancel = (item: OutboxItem): boolean => {
    const mayBeStored = item.isUncertain || this.#lanes.isOnItsWay(item)
    if (item.record.error === null && mayBeStored) return false
    this.#forget(item)
    item.settle.reject(takenBack())
    this.#lanes.pump()
    return true
  }

  readonly confirm: OutboxQueue['confirm'] = (roomId, clientMsgId, stored) => {
    const place = placeOf({ roomId, clientMsgId })
    const item = this.#items.get(place)
    if (item !== undefined) this.#done(item, stored)
    else this.#remember(place, stored)
    this.#lanes.pump()
    if (item === undefined && this.#tabs.foreign.length > 0) this.#publish()
  }

  readonly drained = (): Promise<void> =>
    this.#isBusy() ? new Promise((resolve) => this.#idle.add(resolve)) : Promise.resolve()

  readonly close = (): void => {
    this.#isClosed = true
    this.#lanes.stop()
    this.#tabs.close()
    for (const { settle } of this.#items.values()) settle.reject(closed())
    for (const resolve of this.#idle) resolve()
    this.#idle.clear()
  }
}

export function createOutbox(ports: OutboxPorts): CreatedOutbox {
  const { locks = browserLocks() } = ports
  const { openChannel = locks === null ? null : openTabChannel } = ports
  return new StoredOutbox({
    now: Date.now,
    random: Math.random,
    after: afterTimeout,
    newId,
    ...ports,
    locks,
    openChannel,
  })
}
