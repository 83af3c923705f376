import { useEffect, useState } from 'react'
import { useChat } from './chat-context.ts'
import { serverNow } from './server-clock.ts'
import { useStore } from './use-store.ts'

/** What a timer can hold. */
const LONGEST_TIMER_MS = 2_000_000_000
/** Timers of some browsers come a little early. */
const SPARE_MS = 50

/**
 * The time by the clock of the server, as milliseconds since 1970. Renders again at `at`, as when a mute ends;
 * `null`: at no time of its own.
 */
export function useServerNow(at: number | null = null): number {
  const { connection } = useChat()
  // It may be known better with each.
  useStore(connection.session)
  const [, wake] = useState(0)
  const now = serverNow(connection)
  const isAhead = at !== null && at > now
  useEffect(() => {
    if (!isAhead || at === null) return
    const leftMs = Math.min(LONGEST_TIMER_MS, at - serverNow(connection) + SPARE_MS)
    const timer = setTimeout(() => wake((count) => count + 1), Math.max(0, leftMs))
    return () => clearTimeout(timer)
  })
  return now
}
