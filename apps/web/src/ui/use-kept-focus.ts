import { type RefObject, useEffect } from 'react'

const isElsewhere = (dialog: Element): boolean =>
  dialog.closest('[inert], [aria-hidden="true"]') !== null

/**
 * A button that goes away or is disabled takes the focus with it, and the keyboard is nowhere. The
 * dialog takes it then, so that Escape and Tab go on from there.
 */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let frame = 0
    const look = (): void => {
      const dialog = ref.current
      if (document.activeElement !== document.body || dialog === null) return
      if (!isElsewhere(dialog)) dialog.focus({ preventScroll: true })
    }
    // The browser lets go of a disabled element when it draws the next frame.
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => (frame = requestAnimationFrame(look)))
    })
    const watched = ref.current
    if (watched !== null) {
      const attributeFilter = ['disabled']
      observer.observe(watched, {
        subtree: true,
        childList: true,
        attributes: true,
        attributeFilter,
      })
    }
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [ref])
}
