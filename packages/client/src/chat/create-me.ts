import type { User } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore, type Store } from '../store.ts'

export interface MePorts {
  readonly connection: Pick<Connection, 'onSession'>
  readonly call: CallRoute
  readonly people: Pick<PeopleCache, 'remember'>
}

export interface Me {
  readonly store: Store<User | null>
  readonly take: (user: User) => User
  readonly stop: () => void
}

/** Who I am. */
export function createMe({ connection, call, people }: MePorts): Me {
  const store = createStore<User | null>(null)
  const take = (user: User): User => {
    people.remember([user])
    store.set(user)
    return user
  }
  // Whoever is shown as me has to be known before anything of mine is; later sessions are of the same.
  const stop = connection.onSession(async ({ userId }) => {
    if (store.current?.id !== userId) take((await call('GET /v1/me')).user)
  })
  return { store, take, stop }
}
