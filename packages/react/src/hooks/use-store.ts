import type { Store } from '@parley/client'
import { useSyncExternalStore } from 'react'

/** The value of a store as it is now. Renders again when it is another one. */
export function useStore<T>(store: Store<T>): T {
  const read = (): T => store.current
  return useSyncExternalStore(store.subscribe, read, read)
}
