import type { Event } from './event.ts'

/** `clientMsgId` is between an author and the server: it leaves towards nobody else. */
export function hideClientMsgId(event: Event, readerId: string | undefined): Event {
  if (event.clientMsgId === undefined || event.actor.id === readerId) return event
  const { clientMsgId: _, ...shown } = event
  return shown
}

/** What the log itself says of a body that is erased. */
export function tombstoneOf(event: Event): Event {
  if (event.type === 'message:created') {
    const { type, importedAt } = event.data
    const kept = { type, ...(importedAt !== undefined && { importedAt }), deleted: true as const }
    return { ...event, data: kept }
  }
  if (event.type !== 'message:updated') return event
  return { ...event, data: { version: event.data.version, deleted: true } }
}

/** Retention names a position: what was said up to it, and every later edit of that, has no body. */
export function hideErased(event: Event, erasedTo: number): Event {
  const about = event.type === 'message:updated' ? (event.ref ?? event.seq) : event.seq
  return about <= erasedTo ? tombstoneOf(event) : event
}
