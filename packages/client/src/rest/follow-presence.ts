import type { PresenceState } from '@parley/message-schema'
import type { CallRoute } from './call-route.ts'
import type { Pause } from './pause.ts'
import { toIdLists } from './to-id-lists.ts'

export interface FollowPresencePorts {
  readonly call: CallRoute
  readonly changed: (states: readonly PresenceState[]) => void
  readonly sleep: Pause
  readonly random: () => number
  /** Ends it. */
  readonly signal: AbortSignal
}

const EVERY_MS = 15_000
const MOST = 200

/** People's presence by asking for it again and again. Each `watch` takes the place of the last. */
export function createFollowPresence(ports: FollowPresencePorts) {
  const { call, changed, sleep, random, signal: ended } = ports
  let watching = new AbortController()

  async function read(userIds: readonly string[], signal: AbortSignal): Promise<PresenceState[]> {
    const states: PresenceState[] = []
    for (const ids of toIdLists(userIds, MOST)) {
      const query = { ids: ids.join(',') }
      states.push(...(await call('GET /v1/presence', { query, signal })).states)
    }
    return states
  }

  async function follow(
    userIds: readonly string[],
    first: readonly PresenceState[],
    signal: AbortSignal,
  ): Promise<void> {
    const toEntry = (state: PresenceState) => [state.userId, JSON.stringify(state)] as const
    const known = new Map(first.map(toEntry))
    for (;;) {
      await sleep(EVERY_MS * (0.9 + random() / 5), signal)
      // That it cannot be had now is told by the rooms: presence itself may be late.
      const states = await read(userIds, signal).catch(() => null)
      signal.throwIfAborted()
      const news = (states ?? []).filter((one) => known.get(one.userId) !== toEntry(one)[1])
      if (news.length === 0) continue
      for (const one of news) known.set(...toEntry(one))
      changed(news)
    }
  }

  return {
    async watch(userIds: readonly string[], signal: AbortSignal): Promise<PresenceState[]> {
      watching.abort()
      const mine = new AbortController()
      watching = mine
      const states = await read(userIds, signal)
      if (userIds.length === 0 || mine.signal.aborted || ended.aborted) return states
      ended.addEventListener('abort', () => mine.abort(), { once: true, signal: mine.signal })
      // Ends by its signal, and in no other way.
      follow(userIds, states, mine.signal).catch(() => undefined)
      return states
    },
  }
}
