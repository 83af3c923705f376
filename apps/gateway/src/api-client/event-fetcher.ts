import { LIMITS, type EventRanges, type EventRangesRequest } from '@parley/message-schema'
import { SmartBatch } from '@parley/server-kit'
import type { EventRange } from '../room-feed/room-feed.ts'

const ROOMS_AT_ONCE = 200
const QUEUED = 100_000

interface Ask {
  readonly roomId: string
  readonly after: number
}

/**
 * Reads the log for all who wait: who asks for the same range at the same time shares one answer, and
 * the asks of one moment share one request.
 */
export class EventFetcher {
  readonly #inFlight = new Map<string, Promise<EventRange>>()
  readonly #batch: SmartBatch<Ask, EventRange>

  constructor(fetchEvents: (ranges: EventRangesRequest) => Promise<EventRanges>) {
    this.#batch = new SmartBatch({
      maxBatch: ROOMS_AT_ONCE,
      maxQueued: QUEUED,
      run: async (asks) => {
        const rooms: EventRangesRequest['rooms'] = {}
        for (const { roomId, after } of asks) {
          const from = Math.min(after, rooms[roomId]?.after ?? Infinity)
          rooms[roomId] = { after: from, limit: LIMITS.syncEvents }
        }
        const answers = await fetchEvents({ rooms })
        return asks.map(({ roomId, after }) => {
          const range = answers.rooms[roomId]
          if (range === undefined) throw new Error('The API did not answer for a room.')
          return { ...range, events: range.events.filter(({ seq }) => seq > after) }
        })
      },
    })
  }

  readonly fetchAfter = (roomId: string, after: number): Promise<EventRange> => {
    const key = `${roomId}/${after}`
    const shared = this.#inFlight.get(key)
    if (shared !== undefined) return shared
    const answer = this.#batch.add({ roomId, after })
    if (answer === undefined) return Promise.reject(new Error('Too much of the log is asked for.'))
    const settled = answer.finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, settled)
    return settled
  }
}
