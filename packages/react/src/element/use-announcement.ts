import type { TimelineMessage } from '@parley/client'
import { useEffect, useRef, useState } from 'react'
import { useElement } from './element-context.ts'

/** What a screen reader is told: the last message of somebody else, or how many came at once. */
export function useAnnouncement(items: readonly TimelineMessage[], isReady: boolean): string {
  const { strings } = useElement()
  const toldSeq = useRef<number | null>(null)
  const [words, setWords] = useState('')

  useEffect(() => {
    if (!isReady) return
    const last = items.findLast(({ seq }) => seq > 0)
    const before = toldSeq.current
    toldSeq.current = Math.max(last?.seq ?? 0, before ?? 0)
    if (before === null || last === undefined || last.seq <= before) return
    const fresh = items.filter(({ seq, isMine }) => seq > before && !isMine)
    const [only] = fresh
    if (only === undefined) return
    const { displayName } = only.sender
    setWords(
      fresh.length === 1
        ? strings.said(displayName, only.text ?? only.attachments.map(({ name }) => name).join(' '))
        : strings.newCount(fresh.length),
    )
  }, [items, isReady, strings])

  return words
}
