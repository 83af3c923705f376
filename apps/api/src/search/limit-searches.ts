import { ParleyError } from '@parley/message-schema'
import type { SearchMessages } from './search-messages.ts'

/** Each takes a connection that messages are sent over too. */
const AT_ONCE = 4
const WAITING = 64
const RETRY_AFTER_MS = 1_000

/** So many at the same time in this process, a few that wait, and the rest is told to come again. */
export function limitSearches(search: SearchMessages): SearchMessages {
  const waiting: (() => void)[] = []
  let running = 0
  const take = async (): Promise<void> => {
    if (running < AT_ONCE) {
      running += 1
      return
    }
    if (waiting.length >= WAITING) {
      throw new ParleyError('SERVER_BUSY', { retryAfterMs: RETRY_AFTER_MS })
    }
    // Whoever ends hands its place over: `running` stays.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return async (userId, query, signal) => {
    await take()
    try {
      signal.throwIfAborted()
      return await search(userId, query, signal)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
