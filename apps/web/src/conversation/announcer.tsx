import type { Timeline, TimelineMessage } from '@parley/client'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import { placeOfSeq } from './row-look.ts'

const EVERY_MS = 2_500

function wordsOf(fresh: readonly TimelineMessage[]): string {
  const last = fresh.at(-1)
  if (last === undefined) return ''
  const said = last.text ?? last.attachments[0]?.name ?? 'a message'
  // Who speaks for the first time may have no name yet.
  const name = last.sender.displayName || 'Somebody'
  if (fresh.length === 1) return `${name}: ${said.slice(0, 200)}`
  return `${fresh.length} new messages, the last from ${name}`
}

/** Tells screen readers what others say here, in one sentence every few seconds at most. */
export function Announcer({ timeline }: { readonly timeline: Timeline }): ReactElement {
  const [words, setWords] = useState('')
  const told = useRef<number | null>(null)
  const latest = useRef(timeline)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  useEffect(() => {
    latest.current = timeline
    const { items, status, hasAfter } = timeline
    if (status !== 'ready' || hasAfter) return
    const newest = items.findLast(({ seq }) => seq > 0)?.seq ?? 0
    told.current ??= newest
    if (newest <= told.current || timer.current !== null) return
    timer.current = setTimeout(() => {
      timer.current = null
      const { items: now } = latest.current
      const from = placeOfSeq(now, (told.current ?? 0) + 1)
      const fresh = now.slice(from).filter(({ seq, isMine }) => seq > 0 && !isMine)
      told.current = now.findLast(({ seq }) => seq > 0)?.seq ?? told.current
      if (fresh.length > 0) setWords(wordsOf(fresh))
    }, EVERY_MS)
  }, [timeline])
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = null
    },
    [],
  )
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {words}
    </div>
  )
}
