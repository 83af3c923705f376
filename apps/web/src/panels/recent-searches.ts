import { createStore, type WritableStore } from '@parley/client'

const MOST = 8
const LONGEST = 80

export interface RecentSearches {
  /** The latest first. */
  readonly words: Pick<WritableStore<readonly string[]>, 'current' | 'subscribe'>
  readonly add: (words: string) => void
  readonly clear: () => void
}

export type SearchStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

function parse(text: string | null): readonly string[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(kept)) return []
    return kept.filter((words) => typeof words === 'string').slice(0, MOST)
  } catch {
    return []
  }
}

/** What one person looked for in this browser. Where nothing can be kept it is for this page only. */
export function createRecentSearches(storage: SearchStorage, userId: string): RecentSearches {
  const key = `parley.searches.${userId}`
  const quietly = <Value>(act: () => Value): Value | null => {
    try {
      return act()
    } catch {
      return null
    }
  }
  const words = createStore(parse(quietly(() => storage.getItem(key))))
  return {
    words,
    add(said) {
      const one = said.trim().slice(0, LONGEST)
      if (one === '' || words.current[0] === one) return
      const others = words.current.filter((other) => other.toLowerCase() !== one.toLowerCase())
      words.set([one, ...others].slice(0, MOST))
      quietly(() => storage.setItem(key, JSON.stringify(words.current)))
    },
    clear() {
      words.set([])
      quietly(() => storage.removeItem(key))
    },
  }
}
