import { v7 } from 'uuid'
import { ChatError } from '../chat-error.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createStore, type Store } from '../store.ts'
import { after as afterTimeout, type After } from '../tabs/after.ts'
import { openTabChannel, type OpenTabChannel } from '../tabs/tab-channel.ts'
import { browserLocks, type TabLocks } from '../tabs/tab-lock.ts'
import { changeItem, newItem, type OutboxItem } from './outbox-item.ts'
import { createOutboxLanes } from './outbox-lanes.ts'
import type { OutboxQueue, Stored } from './outbox-queue.ts'
import { keyOf, orderOf, readOrder, toEntry, toErrorBody, type OutboxRecord } from './outbox-record.ts'
import { createOutboxTabs } from './outbox-tabs.ts'
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

const tooMany = (): ChatError =>
  new ChatError({
    code: 'TOO_LARGE',
    message: 'Too many messages wait to be sent. Send or delete some of them first.',
  })

const takenBack = (): ChatError =>
  new ChatError({ code: 'GONE', message: 'It was taken back before it was sent.' })

export function createOutbox(ports: OutboxPorts): CreatedOutbox {
  const { storage, now = Date.now, newId = v7, locks = browserLocks() } = ports
  const openChannel = ports.openChannel ?? (locks === null ? null : openTabChannel)
  const entries = createStore<readonly OutboxEntry[]>([])
  const items = new Map<string, OutboxItem>()
  /** The last that were seen in the log: an entry that is read from the storage later is done. */
  const confirmed = new Map<string, Stored>()
  const shownForeign = new WeakMap<OutboxRecord, OutboxEntry>()
  const idle = new Set<() => void>()
  let isDirty = false
  let isClosed = false
  let lastAt = 0
  let count = 0

  const warn = (cause: unknown): void => {
    if (!isClosed) ports.onWarning?.('What waits to be sent could not be kept.', cause)
  }

  const showForeign = (record: OutboxRecord): OutboxEntry => {
    const entry = shownForeign.get(record) ?? toEntry(record)
    shownForeign.set(record, entry)
    return entry
  }

  const publish = (): void => {
    if (isDirty) return
    isDirty = true
    queueMicrotask(() => {
      isDirty = false
      const others = tabs.foreign.filter(
        ({ clientMsgId }) => !items.has(clientMsgId) && !confirmed.has(clientMsgId),
      )
      const all = [
        ...[...items.values()].map(({ record, entry }) => ({ order: record.order, entry })),
        ...others.map((record) => ({ order: record.order, entry: showForeign(record) })),
      ].toSorted((a, b) => (a.order < b.order ? -1 : 1))
      entries.set(all.map(({ entry }) => entry))
      if (isBusy()) return
      for (const resolve of idle) resolve()
      idle.clear()
    })
  }

  /** Something that waits could be sent: not what is refused, nor anything while there is no way. */
  const isBusy = (): boolean => [...items.values()].some(({ record }) => record.error === null)

  const write = (item: OutboxItem, change: () => Promise<void>): Promise<void> => {
    item.writes = item.writes.then(change).then(tabs.announce, warn)
    return item.writes
  }
  const keep = (item: OutboxItem): Promise<void> => {
    const { record } = item
    return write(item, () => storage.put(keyOf(record), record))
  }
  const forget = (item: OutboxItem): void => {
    items.delete(item.record.clientMsgId)
    lanes.remove(item)
    void write(item, () => storage.delete(keyOf(item.record)))
    publish()
  }

  const remember = (clientMsgId: string, stored: Stored): void => {
    confirmed.delete(clientMsgId)
    confirmed.set(clientMsgId, stored)
    const [oldest] = confirmed.keys()
    if (confirmed.size > CONFIRMED_MAX && oldest !== undefined) confirmed.delete(oldest)
  }

  const done = (item: OutboxItem, stored: Stored): void => {
    remember(item.record.clientMsgId, stored)
    forget(item)
    item.settle.resolve(stored)
  }

  const lanes = createOutboxLanes({
    send: ({ record }) => ports.send(record.roomId, record.command, record.clientMsgId),
    isReady: ports.isReady,
    beforeFirst: (item) => {
      changeItem(item, { isTried: true })
      return keep(item)
    },
    putOff: (item) => {
      if (!item.isUncertain) changeItem(item, { isTried: false })
    },
    done,
    refused: (item, error) => {
      changeItem(item, { error: toErrorBody(error) })
      void keep(item)
      publish()
      item.settle.reject(error)
    },
    now,
    random: ports.random ?? Math.random,
    after: ports.after ?? afterTimeout,
  })

  const insert = (item: OutboxItem): void => {
    items.set(item.record.clientMsgId, item)
    lanes.insert(item)
  }

  const tabs = createOutboxTabs({
    storage,
    name: ports.name,
    tabId: ports.tabId,
    locks,
    openChannel,
    adopt: (records) => {
      for (const record of records) {
        if (items.has(record.clientMsgId)) continue
        const item = newItem(record, true)
        const [at, nth] = readOrder(record.order)
        if (at > lastAt || (at === lastAt && nth > count)) [lastAt, count] = [at, nth]
        const stored = confirmed.get(record.clientMsgId)
        insert(item)
        if (stored !== undefined) done(item, stored)
      }
      publish()
      lanes.pump()
    },
    changed: publish,
    asked: (what, clientMsgId) => {
      if (!items.has(clientMsgId)) return
      if (what === 'retry') queue.retry(clientMsgId)
      else queue.cancel(clientMsgId)
    },
    warn,
  })
  tabs.start().catch(warn)

  /** Above all that was said before, also if the clock went back. */
  const nextOrder = (): string => {
    const at = now()
    if (at > lastAt) [lastAt, count] = [at, 0]
    else count += 1
    return orderOf(lastAt, count)
  }

  const newRecord = (
    roomId: string,
    command: OutboxEntry['command'],
    clientMsgId: string,
  ): OutboxRecord => ({
    clientMsgId,
    roomId,
    command,
    createdAt: now(),
    order: nextOrder(),
    tabId: ports.tabId,
    // Saves writing it twice.
    isTried: lanes.isFree(roomId),
    error: null,
  })

  const queue: CreatedOutbox = {
    entries,
    drafts: ports.drafts,
    add(roomId, command, given) {
      const clientMsgId = (given ?? newId()).toLowerCase()
      const known = confirmed.get(clientMsgId)
      if (known !== undefined) return { clientMsgId, stored: Promise.resolve(known) }
      const there = items.get(clientMsgId)
      if (there !== undefined) {
        queue.retry(clientMsgId)
        return { clientMsgId, stored: there.stored }
      }
      if (items.size >= ALL_MAX || lanes.countIn(roomId) >= ROOM_MAX) {
        const stored = Promise.reject<Stored>(tooMany())
        stored.catch(() => undefined)
        return { clientMsgId, stored }
      }
      const item = newItem(newRecord(roomId, command, clientMsgId), false)
      item.isUncertain = false
      insert(item)
      publish()
      void keep(item).then(() => {
        item.isKept = true
        lanes.pump()
      })
      return { clientMsgId, stored: item.stored }
    },
    retry(clientMsgId) {
      const item = items.get(clientMsgId)
      if (item === undefined) return tabs.ask('retry', clientMsgId)
      if (item.record.error === null) return
      changeItem(item, { error: null })
      void keep(item)
      publish()
      lanes.pump()
    },
    cancel(clientMsgId) {
      const item = items.get(clientMsgId)
      if (item === undefined) {
        const foreign = tabs.foreign.find((record) => record.clientMsgId === clientMsgId)
        if (foreign === undefined || foreign.error === null) return false
        tabs.ask('cancel', clientMsgId)
        return true
      }
      const mayBeStored = item.isUncertain || lanes.isOnItsWay(item)
      if (item.record.error === null && mayBeStored) return false
      forget(item)
      item.settle.reject(takenBack())
      lanes.pump()
      return true
    },
    confirm(clientMsgId, stored) {
      const item = items.get(clientMsgId)
      if (item !== undefined) done(item, stored)
      else remember(clientMsgId, stored)
      lanes.pump()
      if (item === undefined && tabs.foreign.length > 0) publish()
    },
    drained: () =>
      isBusy() ? new Promise((resolve) => idle.add(resolve)) : Promise.resolve(),
    close() {
      isClosed = true
      lanes.stop()
      tabs.close()
      for (const resolve of idle) resolve()
      idle.clear()
    },
  }
  return queue
}
