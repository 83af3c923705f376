/**
 * Where drafts are put while the page goes away: what is written to IndexedDB then is often lost, and this
 * is there at once. Emptied by the next page, or when IndexedDB has them after all.
 */
export interface DraftSpill {
  readonly put: (drafts: Iterable<readonly [key: string, text: string]>) => void
  readonly drop: (key: string) => void
  readonly take: () => Promise<readonly (readonly [key: string, text: string])[]>
}

type LocalStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Reading the property throws in pages that may keep nothing. */
function openLocalStorage(): LocalStorage | null {
  try {
    return typeof document === 'object' ? globalThis.localStorage : null
  } catch {
    return null
  }
}

/** `account` names whose they are, or nobody. `null` where there is no page. */
export function createDraftSpill(
  account: Promise<string | null>,
  storage: LocalStorage | null = openLocalStorage(),
): DraftSpill | null {
  if (storage === null) return null
  let name: string | null = null
  const named = account.then((whose) => (name = whose && `parley:drafts:${whose}`))

  const read = (key: string): Map<string, string> => {
    try {
      const rows: unknown = JSON.parse(storage.getItem(key) ?? '[]')
      return new Map(Array.isArray(rows) ? (rows as [string, string][]) : [])
    } catch {
      return new Map()
    }
  }
  const write = (key: string, drafts: ReadonlyMap<string, string>): void => {
    try {
      if (drafts.size === 0) storage.removeItem(key)
      else storage.setItem(key, JSON.stringify([...drafts]))
    } catch {
      // Full, or not allowed: IndexedDB may still be in time.
    }
  }

  return {
    put(drafts) {
      if (name !== null) write(name, new Map([...read(name), ...drafts]))
    },
    drop(key) {
      if (name === null) return
      const drafts = read(name)
      if (drafts.delete(key)) write(name, drafts)
    },
    async take() {
      const key = await named
      if (key === null) return []
      const drafts = read(key)
      if (drafts.size > 0) storage.removeItem(key)
      return [...drafts].filter((row) => row.every((part) => typeof part === 'string'))
    },
  }
}
