import type { Chat } from '../chat.ts'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'

export interface Invites {
  readonly store: Chat['invites']
  /** It is answered. */
  readonly forget: (inviteId: string) => void
  readonly stop: () => void
}

/** Invites that wait for my answer: read with each session, and when one is told of. */
export function createInvites(
  { onFact, onSession }: Pick<Connection, 'onFact' | 'onSession'>,
  call: CallRoute,
): Invites {
  const store = createStore<Chat['invites']['current']>([])
  /** The latest, while it is under way. */
  let reading: object | null = null
  const read = async (): Promise<void> => {
    const mine = (reading = {})
    try {
      const { data } = await call('GET /v1/me/invites')
      if (mine === reading) store.set(data)
    } finally {
      if (mine === reading) reading = null
    }
  }
  // Nobody waits for them, and the next session reads them again.
  const readLater = (): void => void read().catch(() => undefined)
  const ends = [onSession(async () => readLater()), onFact('room:invited', readLater)]
  return {
    store,
    forget(inviteId) {
      store.set(store.current.filter(({ id }) => id !== inviteId))
      // An answer that is on its way may still hold it.
      if (reading !== null) readLater()
    },
    stop() {
      for (const end of ends) end()
    },
  }
}
