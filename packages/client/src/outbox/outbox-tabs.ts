import type { ClientStorage } from '../storage/client-storage.ts'
import type { OpenTabChannel } from '../tabs/tab-channel.ts'
import { holdLock, type TabLocks } from '../tabs/tab-lock.ts'
import { keyOf, OUTBOX_KEYS, readRecord, type OutboxRecord } from './outbox-record.ts'

export interface OutboxTabsPorts {
  readonly storage: ClientStorage
  /** Of the account. */
  readonly name: string
  readonly tabId: string
  readonly locks: TabLocks | null
  readonly openChannel: OpenTabChannel | null
  /** Entries of a tab that is gone: now they are ours. */
  readonly adopt: (records: readonly OutboxRecord[]) => void
  /** What other tabs have waiting has changed. */
  readonly changed: () => void
  /** Another tab asks for something to be done to one of ours. */
  readonly asked: (what: 'retry' | 'cancel', clientMsgId: string) => void
  readonly warn: (error: unknown) => void
}

interface Notice {
  readonly kind: 'changed' | 'retry' | 'cancel'
  readonly clientMsgId?: string
}

const isNotice = (value: unknown): value is Notice =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  ['changed', 'retry', 'cancel'].includes(String(value.kind))

/**
 * The outboxes of all tabs in one storage. Each tab sends its own entries; those of a tab that is gone,
 * whose lock is free, are taken over by whoever gets that lock.
 */
export function createOutboxTabs(ports: OutboxTabsPorts) {
  const { storage, tabId, locks, warn } = ports
  const lockOf = (tab: string): string => `parley:outbox:${ports.name}:tab:${tab}`
  /** Of living tabs, by key, in order. */
  let foreign: readonly OutboxRecord[] = []
  const watches = new Map<string, () => void>()
  let isReading = false
  let isStale = false
  let isClosed = false

  const channel = ports.openChannel?.(`parley:outbox:${ports.name}`, (message) => {
    if (!isNotice(message)) return
    if (message.kind === 'changed') void refresh()
    else if (message.clientMsgId !== undefined) ports.asked(message.kind, message.clientMsgId)
  })
  const post = (notice: Notice): void => {
    if (!isClosed) channel?.post(notice)
  }

  const read = async (): Promise<OutboxRecord[]> => {
    const rows = await storage.list(OUTBOX_KEYS)
    return rows.map(([, value]) => readRecord(value)).filter((record) => record !== null)
  }

  const take = async (records: readonly OutboxRecord[]): Promise<void> => {
    if (isClosed || records.length === 0) return
    const mine = records.map((record) => ({ ...record, tabId }))
    await Promise.all(mine.map((record) => storage.put(keyOf(record), record)))
    const keys = new Set(mine.map(keyOf))
    foreign = foreign.filter((record) => !keys.has(keyOf(record)))
    ports.adopt(mine)
    post({ kind: 'changed' })
  }

  /** Under the lock of the tab that is gone: nobody else does it now. */
  const takeFrom = async (tab: string): Promise<void> => {
    const records = await read()
    await take(records.filter((record) => record.tabId === tab))
  }

  const watch = (tab: string): void => {
    if (watches.has(tab) || locks === null) return
    const abort = new AbortController()
    watches.set(tab, () => abort.abort())
    const gone = (): Promise<void> => takeFrom(tab).catch(warn)
    const forget = (): void => void watches.delete(tab)
    locks.request(lockOf(tab), { signal: abort.signal }, gone).then(forget, forget)
  }

  const sort = (records: readonly OutboxRecord[]): void => {
    foreign = records.filter((record) => record.tabId !== tabId)
    const tabs = new Set(foreign.map((record) => record.tabId))
    for (const tab of tabs) watch(tab)
    for (const [tab, stop] of watches) {
      if (tabs.has(tab)) continue
      stop()
      watches.delete(tab)
    }
  }

  const refresh = async (): Promise<void> => {
    isStale = true
    if (isReading) return
    isReading = true
    try {
      while (isStale && !isClosed) {
        isStale = false
        sort(await read())
        ports.changed()
      }
    } catch (error) {
      if (!isClosed) warn(error)
    } finally {
      isReading = false
    }
  }

  const releaseSelf =
    locks === null
      ? (): void => undefined
      : holdLock(locks, lockOf(tabId), { granted: () => undefined, lost: () => undefined })

  return {
    /** What was kept before. Without locks nobody can tell whose tab lives: all is ours then. */
    start: async (): Promise<void> => {
      const records = await read()
      if (isClosed) return
      ports.adopt(records.filter((record) => record.tabId === tabId))
      if (locks === null) await take(records.filter((record) => record.tabId !== tabId))
      else sort(records)
      ports.changed()
    },
    get foreign() {
      return foreign
    },
    /** Something of ours has changed in the storage. */
    announce: () => post({ kind: 'changed' }),
    ask: (kind: 'retry' | 'cancel', clientMsgId: string) => post({ kind, clientMsgId }),
    close(): void {
      isClosed = true
      for (const stop of watches.values()) stop()
      watches.clear()
      releaseSelf()
      channel?.close()
    },
  }
}
