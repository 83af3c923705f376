import type { Event, MessageBody } from './event.ts'

/** `clientMsgId` is between an author and the server: it leaves towards nobody else. */
export function hideClientMsgId(event: Event, readerId: string | undefined): Event {
  if (event.clientMsgId === undefined || event.actor.id === readerId) return event
  const { clientMsgId: _, ...shown } = event
  return shown
}

/** Of a body that is erased the place is left: its thread, and the time of one that was brought in. */
export const tombstoneBody = ({ type, threadId, importedAt }: MessageBody): MessageBody => ({
  type,
  ...(threadId !== undefined && { threadId }),
  ...(importedAt !== undefined && { importedAt }),
  deleted: true,
})

/** What the log itself says of a body that is erased. */
export function tombstoneOf(event: Event): Event {
  if (event.type === 'message:created') return { ...event, data: tombstoneBody(event.data) }
  if (event.type !== 'message:updated') return event
  return { ...event, data: { version: event.data.version, deleted: true } }
}

/** Retention names a position: what was said up to it, and every later edit of that, has no body. */
export function hideErased(event: Event, erasedTo: number): Event {
  const about = event.type === 'message:updated' ? (event.ref ?? event.seq) : event.seq
  return about <= erasedTo ? tombstoneOf(event) : event
}
