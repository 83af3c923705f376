import type { Event } from '@parley/message-schema'

/** Of an event besides its data: the names of its fields, ids, a time. */
const ENVELOPE = 300

/** About as many bytes as an event is in JSON: payloads and attachments may be as long as texts. */
export function bytesOf({ data }: Event): number {
  let bytes = ENVELOPE
  for (const value of Object.values(data)) {
    if (typeof value === 'string') bytes += Buffer.byteLength(value)
    else if (typeof value === 'object' && value !== null) {
      bytes += Buffer.byteLength(JSON.stringify(value))
    }
  }
  return bytes
}

export const bytesOfAll = (events: readonly Event[]): number =>
  events.reduce((sum, event) => sum + bytesOf(event), 0)
