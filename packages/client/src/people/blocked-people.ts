import type { CallRoute } from '../rest/call-route.ts'
import type { WritableStore } from '../store.ts'

const PAGE = 200
/** One blocks at most 1,000. */
const PAGES = 10

export interface BlockedPeople {
  readonly read: () => Promise<void>
  readonly set: (userId: string, on: boolean) => Promise<void>
}

/** Keeps `store`: read once, then kept by what is done here. */
export function createBlockedPeople(
  call: CallRoute,
  store: WritableStore<ReadonlySet<string>>,
): BlockedPeople {
  /** What was done here while the list was read holds, whatever the list says. */
  const done = new Map<string, boolean>()

  function take(ids: Set<string>): void {
    for (const [userId, on] of done) {
      if (on) ids.add(userId)
      else ids.delete(userId)
    }
    store.set(ids)
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

  return {
    read: async () => take(await readPages()),
    async set(userId, on) {
      await call(`${on ? 'PUT' : 'DELETE'} /v1/me/blocks/:userId`, { params: { userId } })
      done.set(userId, on)
      take(new Set(store.current))
    },
  }
}
