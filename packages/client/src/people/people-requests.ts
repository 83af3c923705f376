import type { CallRoute } from '../rest/call-route.ts'
import type { WritableStore } from '../store.ts'
import type { People } from './people.ts'
import type { PeopleCache } from './people-cache.ts'

const FOUND = 20
const QUERY_CHARACTERS = 64
const PAGE = 200
/** One blocks at most 1,000. */
const PAGES = 10

/** What is asked for by a person, and not by what is drawn. */
export interface PeopleRequests extends Pick<People, 'search' | 'block' | 'unblock'> {
  readonly readBlocked: () => Promise<void>
}

/** `blocked` is read once, then kept by what is done here. */
export function createPeopleRequests(
  call: CallRoute,
  remember: PeopleCache['remember'],
  blocked: WritableStore<ReadonlySet<string>>,
): PeopleRequests {
  /** What was done here while the list was read holds, whatever the list says. */
  const done = new Map<string, boolean>()

  function take(ids: Set<string>): void {
    for (const [userId, on] of done) {
      if (on) ids.add(userId)
      else ids.delete(userId)
    }
    blocked.set(ids)
  }

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

  async function setBlocked(userId: string, on: boolean): Promise<void> {
    await call(`${on ? 'PUT' : 'DELETE'} /v1/me/blocks/:userId`, { params: { userId } })
    done.set(userId, on)
    take(new Set(blocked.current))
  }

  return {
    async search(q, signal) {
      const query = Array.from(q.trim()).slice(0, QUERY_CHARACTERS).join('')
      if (query === '') return []
      const { data } = await call('GET /v1/users', {
        query: { q: query, limit: FOUND },
        ...(signal && { signal }),
      })
      remember(data)
      return data
    },
    readBlocked: async () => take(await readPages()),
    block: (userId) => setBlocked(userId, true),
    unblock: (userId) => setBlocked(userId, false),
  }
}
