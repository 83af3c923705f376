import type { CallRoute } from '../rest/call-route.ts'
import type { Pause } from '../rest/pause.ts'
import { createStore, type Store } from '../store.ts'

const PAGE = 200
/** One blocks at most 1,000. */
const PAGES = 10
const ATTEMPTS = 5
const FIRST_PAUSE_MS = 1_000

/** Whom I have blocked: read when somebody wants to know, then kept by what is done here. */
export function createBlockedPeople(call: CallRoute, sleep: Pause) {
  const store = createStore<ReadonlySet<string>>(new Set())
  /** What was done here while the list was read holds, whatever the list says. */
  const done = new Map<string, boolean>()
  let reading: Promise<void> | null = null

  async function readPages(): Promise<Set<string>> {
    const ids = new Set<string>()
    let after: string | undefined
    for (let n = 0; n < PAGES; n += 1) {
      const answer = await call('GET /v1/me/blocks', { query: { limit: PAGE, after } })
      for (const { user } of answer.data) ids.add(user.id)
      if (!answer.page.hasMoreAfter || answer.page.after === null) return ids
      after = String(answer.page.after)
    }
    return ids
  }

  async function read(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        const ids = await readPages()
        for (const [userId, on] of done) {
          if (on) ids.add(userId)
          else ids.delete(userId)
        }
        return store.set(ids)
      } catch {
        await sleep(FIRST_PAUSE_MS * 2 ** attempt)
      }
    }
    // The next subscription tries again.
    reading = null
  }

  async function set(userId: string, on: boolean): Promise<void> {
    await call(`${on ? 'PUT' : 'DELETE'} /v1/me/blocks/:userId`, { params: { userId } })
    done.set(userId, on)
    const ids = new Set(store.current)
    if (on) ids.add(userId)
    else ids.delete(userId)
    store.set(ids)
  }

  const blocked: Store<ReadonlySet<string>> = {
    get current() {
      return store.current
    },
    subscribe(listener) {
      reading ??= read()
      return store.subscribe(listener)
    },
  }
  return {
    blocked,
    block: (userId: string) => set(userId, true),
    unblock: (userId: string) => set(userId, false),
  }
}
