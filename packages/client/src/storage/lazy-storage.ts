import { laterMethods } from '../later-methods.ts'
import { loadLater } from '../load-later.ts'
import type { ClientStorage } from './client-storage.ts'

/** A storage that is opened with its first use; where that fails, with the next one. */
export function createLazyStorage(open: () => Promise<ClientStorage>): ClientStorage {
  const load = loadLater(open)
  let isUsed = false
  let isClosed = false
  const opened = (): Promise<ClientStorage> => {
    if (isClosed) return Promise.reject(new Error('The storage is closed.'))
    isUsed = true
    return load()
  }
  return {
    ...laterMethods(opened, ['get', 'put', 'delete', 'list', 'clear']),
    close() {
      if (isUsed && !isClosed) {
        load().then(
          (storage) => storage.close(),
          () => undefined,
        )
      }
      isClosed = true
    },
  }
}
