import type { Store } from '@parley/client'
import { useMemo, useSyncExternalStore } from 'react'
import { subscribePaced } from './subscribe-paced.ts'

/** Milliseconds between two renders that a stream of changes causes. The first change waits for none. */
export const PACE_MS = 50

/**
 * As `useStore`, for what may change a hundred times a second: a change is shown at once, those that
 * follow it within `PACE_MS` together.
 */
export function usePacedStore<T>(store: Store<T>): T {
  const subscribe = useMemo(() => subscribePaced(store.subscribe, PACE_MS), [store])
  const read = (): T => store.current
  return useSyncExternalStore(subscribe, read, read)
}
