import type { Store } from '@parley/client'
import { useMemo, useSyncExternalStore } from 'react'

/**
 * A part of a store: renders again only when the part is another one by `isSame` (by identity if it is
 * left out). Give functions that stay the same, or it selects anew with every render.
 */
export function useSelected<T, Part>(
  store: Store<T>,
  select: (value: T) => Part,
  isSame: (a: Part, b: Part) => boolean = Object.is,
): Part {
  const read = useMemo(() => {
    let last: { readonly of: T; readonly part: Part } | null = null
    return (): Part => {
      const of = store.current
      if (last !== null && Object.is(last.of, of)) return last.part
      const part = select(of)
      last = { of, part: last !== null && isSame(last.part, part) ? last.part : part }
      return last.part
    }
  }, [store, select, isSame])
  return useSyncExternalStore(store.subscribe, read, read)
}
