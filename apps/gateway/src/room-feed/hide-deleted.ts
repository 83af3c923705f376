import { hideErased, tombstoneOf, type Event } from '@parley/message-schema'

/** Events as they are after `by`: if it deletes a message, or all up to a place, the words are gone. */
export function hideDeletedBy(by: Event, events: Event[]): Event[] {
  if (by.type === 'message:deleted' && by.ref !== undefined) {
    const { ref } = by
    return events.map((event) => (isOf(ref, event) ? tombstoneOf(event) : event))
  }
  const erasedTo = by.type === 'room:updated' ? by.data.erasedTo : undefined
  return erasedTo === undefined ? events : events.map((event) => hideErased(event, erasedTo))
}

/** Events that were read before what followed them was known. */
export const hideDeleted = (events: Event[], later: readonly Event[]): Event[] =>
  events.length === 0 ? events : later.reduce((kept, by) => hideDeletedBy(by, kept), events)

const isOf = (seq: number, event: Event): boolean =>
  (event.type === 'message:created' && event.seq === seq) ||
  (event.type === 'message:updated' && event.ref === seq)
