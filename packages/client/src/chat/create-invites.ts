import type { Chat } from '../chat.ts'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'

type Invites = Pick<Chat, 'invites' | 'acceptInvite' | 'declineInvite'> & {
  readonly stop: () => void
}

export interface InvitesPorts {
  readonly connection: Pick<Connection, 'onFact' | 'onSession'>
  readonly call: CallRoute
  /** I am in this room now. */
  readonly joined: (roomId: string) => Promise<void>
}

/** Invites that wait for my answer: read with each session, and when one is told of. */
export function createInvites({ connection, call, joined }: InvitesPorts): Invites {
  const invites = createStore<Chat['invites']['current']>([])
  let reads = 0
  // Nobody waits for them, and the next session reads them again.
  const read = (): void => {
    const mine = (reads += 1)
    call('GET /v1/me/invites').then(
      ({ data }) => mine === reads && invites.set(data),
      () => undefined,
    )
  }
  const answer = async (id: string, how: 'accept' | 'decline'): Promise<void> => {
    await call(`POST /v1/me/invites/:id/${how}`, { params: { id } })
    // An answer that is on its way may still hold it.
    reads += 1
    invites.set(invites.current.filter((invite) => invite.id !== id))
  }
  const ends = [connection.onSession(async () => read()), connection.onFact('room:invited', read)]
  return {
    invites,
    async acceptInvite(id) {
      const invite = invites.current.find((one) => one.id === id)
      await answer(id, 'accept')
      if (invite !== undefined) await joined(invite.room.id)
    },
    declineInvite: (id) => answer(id, 'decline'),
    stop() {
      for (const end of ends) end()
    },
  }
}
