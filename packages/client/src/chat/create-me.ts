import type { User } from '@parley/message-schema'
import type { Chat } from '../chat.ts'
import type { Connection } from '../connection/connection.ts'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'

type Me = Pick<Chat, 'me' | 'updateMe' | 'getPrivacy' | 'setPrivacy'> & {
  readonly stop: () => void
}

export interface MePorts {
  readonly connection: Pick<Connection, 'onSession'>
  readonly call: CallRoute
  readonly people: Pick<PeopleCache, 'remember'>
}

/** Who I am and what I let others know of me. */
export function createMe({ connection, call, people }: MePorts): Me {
  const me = createStore<User | null>(null)
  const take = (user: User): User => {
    people.remember([user])
    me.set(user)
    return user
  }
  // Whoever is shown as me has to be known before anything of mine is; later sessions are of the same.
  const stop = connection.onSession(async ({ userId }) => {
    if (me.current?.id !== userId) take((await call('GET /v1/me')).user)
  })
  return {
    me,
    updateMe: async (change) => take((await call('PATCH /v1/me', { body: change })).user),
    getPrivacy: async () => (await call('GET /v1/me/prefs')).prefs.privacy,
    setPrivacy: async (privacy) =>
      (await call('PUT /v1/me/prefs', { body: { privacy } })).prefs.privacy,
    stop,
  }
}
