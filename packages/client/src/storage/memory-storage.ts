import type { ClientStorage } from './client-storage.ts'

/** Lasts as long as the program does. */
export function createMemoryStorage(): ClientStorage {
  const values = new Map<string, unknown>()
  let isClosed = false
  const open = async (): Promise<Map<string, unknown>> => {
    if (isClosed) throw new Error('The storage is closed.')
    return values
  }
  return {
    get: async (key) => structuredClone((await open()).get(key)),
    put: async (key, value) => void (await open()).set(key, structuredClone(value)),
    delete: async (key) => void (await open()).delete(key),
    list: async (prefix) =>
      [...(await open())]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, structuredClone(value)] as const),
    clear: async () => (await open()).clear(),
    close: () => void (isClosed = true),
  }
}
