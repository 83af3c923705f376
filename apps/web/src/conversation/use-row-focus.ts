import type { TimelineMessage } from '@parley/client'
import { useStore } from '@parley/react'
import { type RefObject, useEffect } from 'react'
import { useScope } from './conversation-scope.tsx'
import type { ListPlace } from './list-place.ts'
import { indexOfKey } from './row-look.ts'
import { type RowEvents, useRowEvents } from './use-row-events.ts'

export interface RowFocus {
  readonly events: RowEvents
  /** The row that Tab reaches: it stays in the page wherever the list is. */
  readonly kept: readonly number[]
}

const TRIES = 60
const NONE: readonly number[] = []

/** Focuses a row that may have to be rendered first. */
function focusRow(scroller: HTMLElement | null, key: string): void {
  let tries = 0
  const attempt = (): void => {
    const row = scroller?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)
    row?.focus({ preventScroll: true })
    // A row that has no measures yet cannot be focused.
    if ((row ?? null) !== document.activeElement && tries++ < TRIES) requestAnimationFrame(attempt)
  }
  attempt()
}

/** The rows by keyboard: arrows go through them, and what is done is done with the one at hand. */
export function useRowFocus(
  scroller: RefObject<HTMLElement | null>,
  items: readonly TimelineMessage[],
  place: ListPlace,
): RowFocus {
  const { active } = useScope()
  const find = (element: Element): TimelineMessage | undefined => {
    const key = element.getAttribute('data-key')
    if (key === null) return undefined
    const seq = Number(element.getAttribute('data-seq') ?? 0)
    return items[indexOfKey(items, { key, seq })]
  }
  const move = (from: TimelineMessage, by: number): void => {
    const next = Math.min(items.length - 1, Math.max(0, indexOfKey(items, from) + by))
    const message = items[next]
    if (message === undefined) return
    active.set(message)
    place.handle?.scrollToIndex(next, { align: 'nearest' })
    focusRow(scroller.current, message.key)
  }
  const events = useRowEvents({ find, move })
  const now = useStore(active)
  const index = now === null ? -1 : indexOfKey(items, now)
  const last = items.at(-1)
  useEffect(() => {
    // Until one was chosen it is the last one.
    if (index < 0) active.set(last ?? null)
  }, [index, last, active])
  return { events, kept: index < 0 ? NONE : [index] }
}
