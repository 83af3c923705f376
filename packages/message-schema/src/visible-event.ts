import type { Event } from './event.ts'

/** `clientMsgId` is between an author and the server: it leaves towards nobody else. */
export function hideClientMsgId(event: Event, readerId: string | undefined): Event {
  if (event.clientMsgId === undefined || event.actor.id === readerId) return event
  const { clientMsgId: _, ...shown } = event
  return shown
}
