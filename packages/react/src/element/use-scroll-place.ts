import type { Messages, Timeline } from '@parley/client'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { createScrollPlace, type ScrollPlace } from './scroll-place.ts'

/** Rows beyond which the oldest go while nobody looks at them: the client keeps 5,000 then. */
const MOST_ITEMS = 5_500

export interface UsedScrollPlace {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly isAtBottom: boolean
  readonly toLatest: () => void
  readonly toSeq: (seq: number) => void
}

/** The place in the messages of one room. More of them is read before an end is reached. */
export function useScrollPlace(timeline: Timeline, messages: Messages): UsedScrollPlace {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const place = useRef<ScrollPlace | null>(null)
  const [isAtBottom, setIsAtBottom] = useState(true)

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return
    const current = (): Timeline => messages.timeline.current
    place.current = createScrollPlace(scroller.current, content.current, {
      onBottom: setIsAtBottom,
      onNearTop: () => void (current().hasBefore && quietly(messages.loadBefore())),
      onNearBottom: () => void (current().hasAfter && quietly(messages.loadAfter())),
    })
    return () => place.current?.end()
  }, [messages])

  const { items } = timeline
  useLayoutEffect(() => place.current?.settle(true), [items])

  const isLong = isAtBottom && items.length > MOST_ITEMS
  useEffect(() => {
    if (isLong) messages.trim()
  }, [isLong, messages])

  // Whoever says something wants to see it.
  const lastKey = items.at(-1)?.state.name === 'pending' ? items.at(-1)?.key : undefined
  useEffect(() => {
    if (lastKey !== undefined) place.current?.toBottom()
  }, [lastKey])

  const toLatest = useCallback(() => {
    if (messages.timeline.current.hasAfter) void quietly(messages.jumpToLatest())
    place.current?.toBottom()
  }, [messages])
  const toSeq = useCallback(
    (seq: number) => {
      place.current?.toSeq(seq)
      void quietly(messages.jumpTo(seq))
    },
    [messages],
  )
  return { scroller, content, isAtBottom, toLatest, toSeq }
}

/** What could not be read is said by the banner, and asked for again with the next move. */
const quietly = (done: Promise<void>): Promise<void> => done.catch(() => undefined)
