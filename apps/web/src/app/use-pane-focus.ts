import { type RefObject, useEffect, useRef } from 'react'

/** Where only one pane fits, the focus goes with it: what had it may be gone. */
export function usePaneFocus(isAlone: boolean, shown: string): RefObject<HTMLDivElement | null> {
  const pane = useRef<HTMLDivElement>(null)
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    const active = document.activeElement
    const isElsewhere = active === document.body || active?.checkVisibility() === false
    if (isAlone && isElsewhere) pane.current?.focus()
  }, [isAlone, shown])
  return pane
}
