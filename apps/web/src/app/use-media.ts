import { useMemo, useSyncExternalStore } from 'react'

/** Only one pane fits. */
export const PHONE = '(max-width: 720px)'
/** The panel on the right lies over the conversation. */
export const NARROW = '(max-width: 1100px)'

export function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query])
  return useSyncExternalStore(
    (listener) => {
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    () => list.matches,
  )
}
