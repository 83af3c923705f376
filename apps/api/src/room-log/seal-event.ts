import type { Event } from '@parley/message-schema'

/**
 * In rooms where one sees only what was said since one came, an edit may be of a message from before
 * that. Every reader is handed the same event, so it says that there is a new version and not what it
 * is: whoever may see the message asks for it. The row keeps the body, for the versions.
 */
export function sealEvent(event: Event): Event {
  if (event.type !== 'message:updated' || event.data.sealed !== true) return event
  const { version } = event.data
  return { ...event, data: { version, sealed: true } }
}
