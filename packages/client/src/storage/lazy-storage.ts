import type { ClientStorage } from './client-storage.ts'

/** A storage that is opened when it is known whose it is. What is asked before waits for it. */
export function createLazyStorage(opened: Promise<ClientStorage>): ClientStorage {
  let isClosed = false
  // Whoever asks for something is told of a failure.
  opened.catch(() => undefined)
  return {
    get: async (key) => (await opened).get(key),
    put: async (key, value) => (await opened).put(key, value),
    delete: async (key) => (await opened).delete(key),
    list: async (prefix) => (await opened).list(prefix),
    clear: async () => (await opened).clear(),
    close() {
      if (isClosed) return
      isClosed = true
      opened.then(
        (storage) => storage.close(),
        () => undefined,
      )
    },
  }
}
