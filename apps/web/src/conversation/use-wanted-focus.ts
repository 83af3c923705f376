import { type RefObject, useEffect } from 'react'

/** A finger brings up a keyboard with the focus, which takes half the page. */
const MOUSE = '(pointer: fine)'
/** What opened it may give the focus back to its button when it has shut. */
const AFTER_MENU_MS = 50

const isTyping = (): boolean =>
  document.activeElement instanceof HTMLInputElement ||
  document.activeElement instanceof HTMLTextAreaElement

/** Gives a field the focus as it appears, if that is what it was opened for and nobody writes elsewhere. */
export function useWantedFocus(
  field: RefObject<HTMLTextAreaElement | null>,
  isWanted: boolean,
): void {
  useEffect(() => {
    if (!isWanted || !matchMedia(MOUSE).matches) return
    const timer = setTimeout(() => {
      if (!isTyping()) field.current?.focus({ preventScroll: true })
    }, AFTER_MENU_MS)
    return () => clearTimeout(timer)
  }, [field, isWanted])
}
