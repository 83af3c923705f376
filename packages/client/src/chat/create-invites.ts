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
  const read = async (): Promise<void> => {
    reads += 1
    const mine = reads
    const { data } = await call('GET /v1/me/invites')
    if (mine === reads) invites.set(data)
  }
  const forget = (id: string): void => {
    // An answer that is on its way may still hold it.
    reads += 1
    invites.set(invites.current.filter((invite) => invite.id !== id))
  }
  // Nobody waits for them, and the next session reads them again.
  const readLater = (): void => void read().catch(() => undefined)
  const ends = [
    connection.onSession(async () => readLater()),
    connection.onFact('room:invited', readLater),
  ]
  return {
    invites,
    async acceptInvite(id) {
      const invite = invites.current.find((one) => one.id === id)
      await call('POST /v1/me/invites/:id/accept', { params: { id } })
      forget(id)
      if (invite !== undefined) await joined(invite.room.id)
    },
    async declineInvite(id) {
      await call('POST /v1/me/invites/:id/decline', { params: { id } })
      forget(id)
    },
    stop() {
      for (const end of ends) end()
    },
  }
}
