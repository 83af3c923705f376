import { type RefObject, useLayoutEffect } from 'react'

/** A field as tall as its words, up to the limit of its style. */
export function useAutoHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const at = field.current
    if (at === null) return
    at.style.height = 'auto'
    at.style.height = `${at.scrollHeight}px`
  }, [field, text])
}
