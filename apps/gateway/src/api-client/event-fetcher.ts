import { LIMITS, type EventRanges, type EventRangesRequest } from '@parley/message-schema'
import { SmartBatch } from '@parley/server-kit'
import type { EventRange } from '../room-feed/room-feed.ts'

const ROOMS_AT_ONCE = 200
const QUEUED = 100_000

interface Ask {
  readonly roomId: string
  readonly after: number
}

type Range = EventRangesRequest['rooms'][string]

/** Half of what the range will answer lies behind `after`, at the least. */
const isNear = (range: Range | undefined, after: number): boolean =>
  range !== undefined && after >= range.after && after - range.after <= LIMITS.syncEvents / 2

/** A request names each room once: who is far from there in the same room goes in another one. */
function toRequests(asks: readonly Ask[]): EventRangesRequest[] {
  const requests: EventRangesRequest[] = []
  for (const { roomId, after } of asks.toSorted((one, other) => one.after - other.after)) {
    const isOpen = ({ rooms }: EventRangesRequest): boolean =>
      rooms[roomId] === undefined || isNear(rooms[roomId], after)
    let request = requests.find(isOpen)
    if (request === undefined) {
      request = { rooms: {} }
      requests.push(request)
    }
    request.rooms[roomId] ??= { after, limit: LIMITS.syncEvents }
  }
  return requests
}

interface Found {
  readonly range: EventRange
  /** The answer was of who is further behind in the room, and ended before it came to where this one is. */
  readonly isShort: boolean
}

function pick(
  { roomId, after }: Ask,
  requests: readonly EventRangesRequest[],
  answers: readonly EventRanges[],
): Found {
  const index = requests.findIndex(({ rooms }) => isNear(rooms[roomId], after))
  const range = answers[index]?.rooms[roomId]
  if (range === undefined) throw new Error('The API did not answer for a room.')
  const events = range.events.filter(({ seq }) => seq > after)
  const isShared = requests[index]?.rooms[roomId]?.after !== after
  return {
    range: { ...range, events },
    isShort: isShared && events.length === 0 && range.head > after,
  }
}

/** Ranges end early where events are long: who was not reached is asked for again, without who was. */
async function fetchAll(
  asks: readonly Ask[],
  fetchEvents: (ranges: EventRangesRequest) => Promise<EventRanges>,
): Promise<EventRange[]> {
  const requests = toRequests(asks)
  const answers = await Promise.all(requests.map(({ rooms }) => fetchEvents({ rooms })))
  const found = asks.map((ask) => pick(ask, requests, answers))
  const short = asks.filter((_, index) => found[index]?.isShort === true)
  const again = short.length === 0 ? [] : await fetchAll(short, fetchEvents)
  const next = again.values()
  return found.map(({ range, isShort }) => (isShort ? (next.next().value ?? range) : range))
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
      run: (asks) => fetchAll(asks, fetchEvents),
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
