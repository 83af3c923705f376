import type { ClientStorage } from './client-storage.ts'
import { createIndexedDbStorage } from './indexed-db-storage.ts'
import { createMemoryStorage } from './memory-storage.ts'

export interface OpenStorageOptions {
  /** Names the account and the server: nothing is shared between two of them. `null`: nobody told. */
  readonly account: string | null
  readonly onWarning?: (message: string, cause: unknown) => void
}

/** IndexedDB where there is one, else memory. */
export function openStorage({ account, onWarning }: OpenStorageOptions): ClientStorage {
  if (account === null) return createMemoryStorage()
  if (!hasIndexedDb()) {
    // Of a program nobody expects that it keeps anything.
    if (typeof document === 'object')
      onWarning?.('What is kept here will not outlast this page.', undefined)
    return createMemoryStorage()
  }
  return createIndexedDbStorage({ name: `parley:${account}`, ...(onWarning && { onWarning }) })
}

/** Reading the property throws in pages without an origin of their own. */
function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null
  } catch {
    return false
  }
}
