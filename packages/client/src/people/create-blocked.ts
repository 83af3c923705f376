import { loadLater } from '../load-later.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { Pause } from '../rest/pause.ts'
import { createStore } from '../store.ts'
import type { People } from './people.ts'

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 1_000

/** Whom I have blocked: fetched, code and list, when somebody wants to know. */
export function createBlocked(
  call: CallRoute,
  sleep: Pause,
): Pick<People, 'blocked' | 'block' | 'unblock'> {
  const store = createStore<ReadonlySet<string>>(new Set())
  const load = loadLater(async () =>
    (await import('./blocked-people.ts')).createBlockedPeople(call, store),
  )
  let reading: Promise<void> | null = null

  async function read(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await (await load()).read()
      } catch {
        await sleep(FIRST_PAUSE_MS * 2 ** attempt)
      }
    }
    // The next subscription tries again.
    reading = null
  }

  return {
    blocked: {
      get current() {
        return store.current
      },
      subscribe(listener) {
        reading ??= read()
        return store.subscribe(listener)
      },
    },
    block: async (userId) => (await load()).set(userId, true),
    unblock: async (userId) => (await load()).set(userId, false),
  }
}
