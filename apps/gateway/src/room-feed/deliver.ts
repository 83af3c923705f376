import { hideClientMsgId, type Event, type RoomEvents } from '@parley/message-schema'
import type { LocalUsers } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'

export interface DeliverPorts {
  readonly users: LocalUsers
  /** To the local sockets of the room, but those of these users. Encoded once. */
  readonly emitToRoom: (fact: RoomEvents, exceptUserIds: readonly string[]) => void
}

/** Handed what the room says: neither held nor paused. */
export const isLive = (session: Session, roomId: string): boolean => {
  const subscription = session.subscriptions.get(roomId)
  return subscription !== undefined && subscription.pausedAt === undefined
}

/** Everybody is handed the same; authors also see their own `clientMsgId`, in a copy of their own. */
export function deliver(
  roomId: string,
  events: readonly Event[],
  head: number,
  { users, emitToRoom }: DeliverPorts,
): void {
  const authors = new Set<string>()
  for (const { clientMsgId, actor } of events) {
    const isHere = clientMsgId !== undefined && users.get(actor.id)?.rooms.has(roomId) === true
    if (isHere) authors.add(actor.id)
  }
  const shown = events.map((event) => hideClientMsgId(event, undefined))
  emitToRoom({ roomId, head, events: shown }, [...authors])
  for (const authorId of authors) {
    const own = events.map((event) => hideClientMsgId(event, authorId))
    for (const session of users.get(authorId)?.sessions ?? []) {
      if (isLive(session, roomId)) session.socket.emit('room:events', { roomId, head, events: own })
    }
  }
}
