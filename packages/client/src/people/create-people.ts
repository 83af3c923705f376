import type { CallRoute } from '../rest/call-route.ts'
import { pause, type Pause } from '../rest/pause.ts'
import { createBlocked } from './create-blocked.ts'
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

const FOUND = 20
const QUERY_CHARACTERS = 64

export function createPeople(ports: PeoplePorts): PeopleCache {
  const { call, now = Date.now, sleep = pause, signal: ended } = ports
  const people = createPersonStores(now)
  const read = createReadPeople({ call, people, sleep, signal: ended })
  const remember: PeopleCache['remember'] = (seen) => {
    for (const one of seen) people.remember(one)
  }

  return {
    ...createBlocked(call, sleep),
    remember,
    get(userId) {
      const { store, isStale } = people.use(userId)
      if (isStale) read(userId)
      return store
    },
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
  }
}
