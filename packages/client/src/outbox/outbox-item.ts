import type { OutboxEntry } from './outbox.ts'
import type { Stored } from './outbox-queue.ts'
import { toEntry, type OutboxRecord } from './outbox-record.ts'

/** An entry that this tab sends. */
export interface OutboxItem {
  record: OutboxRecord
  /** As it is shown: the same object until the record changes in what is shown. */
  entry: OutboxEntry
  /** It is in the storage; before that it is not sent. */
  isKept: boolean
  /** Of a page before this one: nobody here waits for its answer. */
  readonly isAdopted: boolean
  /** Some attempt had no clear answer: it may be stored. */
  isUncertain: boolean
  attempts: number
  stored: Promise<Stored>
  settle: { readonly resolve: (stored: Stored) => void; readonly reject: (error: unknown) => void }
  /** What is done to it in the storage, one after the other. */
  writes: Promise<void>
}

function newOutcome(): Pick<OutboxItem, 'stored' | 'settle'> {
  let settle!: OutboxItem['settle']
  const stored = new Promise<Stored>((resolve, reject) => (settle = { resolve, reject }))
  // Whoever does not look at it sees the entry.
  stored.catch(() => undefined)
  return { stored, settle }
}

export const newItem = (record: OutboxRecord, isKept: boolean): OutboxItem => ({
  record,
  entry: toEntry(record),
  isKept,
  // What is said here is not in the storage yet.
  isAdopted: isKept,
  isUncertain: record.isTried,
  attempts: 0,
  writes: Promise.resolve(),
  ...newOutcome(),
})

export function changeItem(item: OutboxItem, change: Partial<OutboxRecord>): void {
  const wasFailed = item.record.error !== null
  item.record = { ...item.record, ...change }
  if (change.error === undefined) return
  item.entry = toEntry(item.record)
  if (wasFailed && change.error === null) {
    Object.assign(item, newOutcome())
    item.attempts = 0
  }
}
