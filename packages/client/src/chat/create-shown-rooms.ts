import type { User } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import { createLogFollower } from '../log/create-log-follower.ts'
import type { OutboxQueue } from '../outbox/outbox-queue.ts'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createRooms } from '../rooms/create-rooms.ts'
import { createTyping } from '../rooms/create-typing.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { Store } from '../store.ts'
import { createMessagesCode } from './messages-code.ts'

export interface ShownRoomsPorts {
  readonly connection: Connection
  readonly call: CallRoute
  readonly people: PeopleCache
  readonly me: Store<User | null>
  readonly outbox: OutboxQueue
}

export interface ShownRooms {
  readonly rooms: Rooms
  /** Sends what waits: before the page is hidden or closed. Resolves when it was tried. */
  readonly flush: () => Promise<unknown>
  readonly stop: () => void
}

/** My rooms, their logs, and of each what is shown of it. */
export function createShownRooms(ports: ShownRoomsPorts): ShownRooms {
  const { connection, call, people, me, outbox } = ports
  const code = createMessagesCode()
  const contents: { readonly close: () => void }[] = []
  const follower = createLogFollower({
    call,
    connection: {
      ...connection,
      // Events are told to whoever shows messages: first there has to be what shows them.
      onSession: (catchUp) =>
        connection.onSession(async (session) => {
          await code.load()
          await catchUp(session)
        }),
    },
  })
  const part = createRooms({
    follower,
    connection,
    call,
    people,
    createContent({ id: roomId, log, info }) {
      const typing = createTyping({
        roomId,
        log,
        connection,
        meId: () => me.current?.id,
        isOn: () => info.current?.features.typing !== false,
      })
      // The room is kept for a while already.
      const peers = () => info.current?.peers
      const shown = { roomId, log, outbox, call, connection, people, me, peers, keepMs: 0 }
      const messages = code.create({ ...shown, onSend: typing.sent })
      contents.push(messages, typing)
      return { messages, typing, open: messages.open }
    },
  })
  // Fetched while it connects. That it fails is told by the session that waits for it.
  code.load().catch(() => undefined)
  return {
    rooms: part.rooms,
    flush: part.flush,
    stop() {
      for (const content of contents) content.close()
      part.stop()
      follower.stop()
    },
  }
}
