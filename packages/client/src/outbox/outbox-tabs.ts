import type { ClientStorage } from '../storage/client-storage.ts'
import type { OpenTabChannel, TabChannel } from '../tabs/tab-channel.ts'
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
  readonly asked: (what: 'retry' | 'cancel', place: string) => void
  readonly warn: (error: unknown) => void
}

interface Notice {
  readonly kind: 'changed' | 'retry' | 'cancel'
  /** Of an entry: its room and id. */
  readonly place?: string
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
export class OutboxTabs {
  readonly #ports: OutboxTabsPorts
  readonly #lockOf = (tab: string): string => `parley:outbox:${this.#ports.name}:tab:${tab}`
  /** Of living tabs, by key, in order. */
  #foreign: readonly OutboxRecord[] = []
  readonly #watches = new Map<string, () => void>()
  readonly #channel: TabChannel | undefined
  #releaseSelf: () => void = () => undefined
  #isReading = false
  #isStale = false
  #isClosed = false

  readonly #hear = (message: unknown): void => {
    if (!isNotice(message)) return
    if (message.kind === 'changed') void this.#refresh()
    else if (message.place !== undefined) this.#ports.asked(message.kind, message.place)
  }
  readonly #post = (notice: Notice): void => {
    if (!this.#isClosed) this.#channel?.post(notice)
  }

  readonly #read = async (): Promise<OutboxRecord[]> => {
    const rows = await this.#ports.storage.list(OUTBOX_KEYS)
    return rows.map(([, value]) => readRecord(value)).filter((record) => record !== null)
  }

  readonly #take = async (records: readonly OutboxRecord[]): Promise<void> => {
    if (this.#isClosed || records.length === 0) return
    const mine = records.map((record) => ({ ...record, tabId: this.#ports.tabId }))
    await Promise.all(mine.map((record) => this.#ports.storage.put(keyOf(record), record)))
    const keys = new Set(mine.map(keyOf))
    this.#foreign = this.#foreign.filter((record) => !keys.has(keyOf(record)))
    this.#ports.adopt(mine)
    this.#post({ kind: 'changed' })
  }

  /** Under the lock of the tab that is gone: nobody else does it now. */
  readonly #takeFrom = async (tab: string): Promise<void> => {
    const records = await this.#read()
    await this.#take(records.filter((record) => record.tabId === tab))
  }

  readonly #watch = (tab: string): void => {
    if (this.#watches.has(tab) || this.#ports.locks === null) return
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    this.#watches.set(tab, stop)
    const gone = (): Promise<void> => this.#takeFrom(tab).catch(this.#ports.warn)
    const forget = (): void => {
      if (this.#watches.get(tab) === stop) this.#watches.delete(tab)
    }
    this.#ports.locks
      .request(this.#lockOf(tab), { signal: abort.signal }, gone)
      .then(forget, forget)
  }

  readonly #sort = (records: readonly OutboxRecord[]): void => {
    this.#foreign = records.filter((record) => record.tabId !== this.#ports.tabId)
    const tabs = new Set(this.#foreign.map((record) => record.tabId))
    for (const tab of tabs) this.#watch(tab)
    for (const [tab, stop] of this.#watches) {
      if (tabs.has(tab)) continue
      stop()
      this.#watches.delete(tab)
    }
  }

  readonly #refresh = async (): Promise<void> => {
    this.#isStale = true
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#isStale && !this.#isClosed) {
        this.#isStale = false
        this.#sort(await this.#read())
        this.#ports.changed()
      }
    } catch (error) {
      if (!this.#isClosed) this.#ports.warn(error)
    } finally {
      this.#isReading = false
    }
  }

  constructor(ports: OutboxTabsPorts) {
    this.#ports = ports
    this.#channel = ports.openChannel?.(`parley:outbox:${ports.name}`, this.#hear)
    const quiet = { granted: (): void => undefined, lost: (): void => undefined }
    if (ports.locks === null) return
    this.#releaseSelf = holdLock(ports.locks, this.#lockOf(ports.tabId), quiet)
  }

  /** What was kept before. Without locks nobody can tell whose tab lives: all is ours then. */
  async start(): Promise<void> {
    const records = await this.#read()
    if (this.#isClosed) return
    this.#ports.adopt(records.filter((record) => record.tabId === this.#ports.tabId))
    if (this.#ports.locks === null)
      await this.#take(records.filter((record) => record.tabId !== this.#ports.tabId))
    else this.#sort(records)
    this.#ports.changed()
  }

  get foreign(): readonly OutboxRecord[] {
    return this.#foreign
  }

  /** Something of ours has changed in the storage. */
  readonly announce = (): void => this.#post({ kind: 'changed' })

  ask(kind: 'retry' | 'cancel', place: string): void {
    this.#post({ kind, place })
  }

  close(): void {
    this.#isClosed = true
    for (const stop of this.#watches.values()) stop()
    this.#watches.clear()
    this.#releaseSelf()
    this.#channel?.close()
  }
}
