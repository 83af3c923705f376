import { laterMethods } from '../later-methods.ts'
import { loadLater } from '../load-later.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { pause, type Pause } from '../rest/pause.ts'
import { createStore } from '../store.ts'
import type { PeopleCache } from './people-cache.ts'
import { createPersonStores } from './person-stores.ts'
import { createReadPeople } from './read-people.ts'

export interface PeoplePorts {
  readonly call: CallRoute
  readonly now?: () => number
  readonly sleep?: Pause
  /** Ends what is tried again and again. */
  readonly signal?: AbortSignal
}

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 1_000

export function createPeople(ports: PeoplePorts): PeopleCache {
  const { call, now = Date.now, sleep = pause, signal } = ports
  const people = createPersonStores(now)
  const read = createReadPeople({ call, people, sleep, signal })
  const { remember } = people
  const blocked = createStore<ReadonlySet<string>>(new Set())
  const requests = loadLater(async () =>
    (await import('./people-requests.ts')).createPeopleRequests(call, remember, blocked),
  )
  let reading: Promise<void> | undefined

  async function readBlocked(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await (await requests()).readBlocked()
      } catch {
        await sleep(FIRST_PAUSE_MS * 2 ** attempt, signal)
      }
    }
    // The next subscription tries again.
    reading = undefined
  }

  return {
    remember,
    get(userId) {
      const { store, isStale } = people.use(userId)
      if (isStale) read(userId)
      return store
    },
    ...laterMethods(requests, ['search', 'block', 'unblock']),
    blocked: {
      get current() {
        return blocked.current
      },
      subscribe(listener) {
        // It rejects when it is ended, and then only.
        reading ??= readBlocked().catch(() => undefined)
        return blocked.subscribe(listener)
      },
    },
  }
}
