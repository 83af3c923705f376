import { openDB, type IDBPDatabase, type IDBPObjectStore } from 'idb'
import type { ClientStorage } from './client-storage.ts'
import { createMemoryStorage } from './memory-storage.ts'

export interface IndexedDbStorageOptions {
  /** Of the database: one for each account. */
  readonly name: string
  /** Called once if nothing will outlast this page: private mode, no space, a broken profile. */
  readonly onWarning?: (message: string, cause: unknown) => void
  /** A browser that does not answer at all is given up after so long. */
  readonly openTimeoutMs?: number
}

const STORE = 'values'
const OPEN_TIMEOUT_MS = 5_000

type Mode = 'readonly' | 'readwrite'
type Values<M extends Mode> = IDBPObjectStore<unknown, string[], typeof STORE, M>

/** The first key behind all that begin with `prefix`. */
function rangeOf(prefix: string): IDBKeyRange | undefined {
  for (let length = prefix.length; length > 0; length -= 1) {
    const last = prefix.charCodeAt(length - 1)
    if (last === 0xff_ff) continue
    const end = prefix.slice(0, length - 1) + String.fromCharCode(last + 1)
    return IDBKeyRange.bound(prefix, end, false, true)
  }
  return prefix === '' ? undefined : IDBKeyRange.lowerBound(prefix)
}

/** The connection went away under us: another one may do. */
const isClosedUnderUs = (error: unknown): boolean =>
  error instanceof DOMException &&
  (error.name === 'InvalidStateError' || error.name === 'AbortError')

function openDatabase(
  name: string,
  timeoutMs: number,
  onGone: (database: IDBPDatabase) => void,
): Promise<IDBPDatabase> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new Error('The database did not open in time.'))
    }, timeoutMs)
    const taken = (database: IDBPDatabase): void => {
      clearTimeout(timer)
      if (isLate) return database.close()
      // Nobody who deletes or upgrades the database has to wait for us.
      database.addEventListener('versionchange', () => {
        database.close()
        onGone(database)
      })
      database.addEventListener('close', () => onGone(database))
      resolve(database)
    }
    const failed = (error: unknown): void => {
      clearTimeout(timer)
      reject(error)
    }
    const create = (database: IDBPDatabase): void => void database.createObjectStore(STORE)
    // It throws synchronously where pages may not use databases at all.
    Promise.resolve()
      .then(() => openDB(name, 1, { upgrade: create }))
      .then(taken, failed)
  })
}

/**
 * Keeps values in IndexedDB. Opened with the first use, and again if the connection is lost; where it
 * cannot be opened the values are kept in memory from then on.
 */
export function createIndexedDbStorage(options: IndexedDbStorageOptions): ClientStorage {
  const { name, onWarning, openTimeoutMs = OPEN_TIMEOUT_MS } = options
  let opening: Promise<IDBPDatabase | null> | null = null
  let memory: ClientStorage | null = null
  let isClosed = false

  const database = (): Promise<IDBPDatabase | null> => {
    if (isClosed) return Promise.reject(new Error('The storage is closed.'))
    opening ??= openDatabase(name, openTimeoutMs, () => (opening = null)).catch(
      (error: unknown) => {
        memory ??= createMemoryStorage()
        onWarning?.('What is kept here will not outlast this page.', error)
        return null
      },
    )
    return opening
  }

  const withStore = async <M extends Mode, Result>(
    mode: M,
    use: (values: Values<M>) => Promise<Result>,
    instead: (values: ClientStorage) => Promise<Result>,
    isRepetition = false,
  ): Promise<Result> => {
    const opened = await database()
    if (opened === null) return instead((memory ??= createMemoryStorage()))
    try {
      const transaction = opened.transaction([STORE], mode)
      const result = use(transaction.objectStore(STORE))
      const [value] = await Promise.all([result, transaction.done])
      return value
    } catch (error) {
      if (isRepetition || isClosed || !isClosedUnderUs(error)) throw error
      opening = null
      opened.close()
      return withStore(mode, use, instead, true)
    }
  }

  return {
    get: (key) =>
      withStore(
        'readonly',
        (values): Promise<unknown> => values.get(key),
        (kept) => kept.get(key),
      ),
    put: (key, value) =>
      withStore(
        'readwrite',
        async (values) => void (await values.put(value, key)),
        (kept) => kept.put(key, value),
      ),
    delete: (key) =>
      withStore(
        'readwrite',
        (values) => values.delete(key),
        (kept) => kept.delete(key),
      ),
    list: (prefix) =>
      withStore(
        'readonly',
        async (values) => {
          const range = rangeOf(prefix)
          const [keys, all] = await Promise.all([values.getAllKeys(range), values.getAll(range)])
          return (keys as string[]).map((key, at): [string, unknown] => [key, all[at]])
        },
        async (kept) => (await kept.list(prefix)).map(([key, value]) => [key, value]),
      ),
    clear: () =>
      withStore(
        'readwrite',
        (values) => values.clear(),
        (kept) => kept.clear(),
      ),
    close: () => {
      isClosed = true
      memory?.close()
      void opening?.then((opened) => opened?.close())
    },
  }
}
