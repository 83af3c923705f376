import { LIMITS, ParleyError, type Event } from '@parley/message-schema'
import type { EventStore } from '../db/log/event-store.ts'
import { hideClientMsgId } from '../room-log/event-row.ts'
import type { AllowReading, ReaderAccess } from './reader-access.ts'
import type { WaitForEvents } from '../news/wait-for-events.ts'

export interface EventsPage {
  readonly data: Event[]
  readonly head: number
  readonly page: {
    readonly before: number | null
    readonly after: number | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

export interface ListEventsPorts {
  readonly allowReading: AllowReading
  readonly events: Pick<EventStore, 'read'>
  readonly waitForEvents: WaitForEvents
}

export type ListEvents = (
  userId: string,
  roomId: string,
  query: { readonly after: number; readonly limit: number; readonly waitMs: number },
  signal: AbortSignal,
) => Promise<EventsPage>

const toPage = (
  data: Event[],
  { head, visibleFrom }: ReaderAccess,
  { from, to }: { readonly from: number; readonly to: number },
): EventsPage => ({
  data,
  head,
  page: {
    before: data[0]?.seq ?? from,
    after: data.at(-1)?.seq ?? Math.min(to, head),
    hasMoreBefore: from > visibleFrom && head >= visibleFrom,
    hasMoreAfter: (data.at(-1)?.seq ?? to) < head,
  },
})

/** The log is dense (C1): how much there is after a position is known without counting. */
export function createListEvents(ports: ListEventsPorts): ListEvents {
  const { allowReading, events, waitForEvents } = ports
  return async (userId, roomId, { after, limit, waitMs }, signal) => {
    let access = await allowReading(userId, roomId)
    if (after > access.head) {
      throw new ParleyError('CURSOR_AHEAD', {
        message: `The head of the room is ${access.head}.`,
        details: { head: access.head },
      })
    }
    if (after === access.head && waitMs > 0) {
      await waitForEvents(new Map([[roomId, after]]), waitMs, signal)
      access = await allowReading(userId, roomId)
    }
    const from = Math.max(after + 1, access.visibleFrom)
    const to = access.head
    const data = from > to ? [] : await events.read(roomId, from, to, limit)
    const shown = data.map((event) => hideClientMsgId(event, userId))
    return toPage(shown, access, { from, to: Math.max(after, from - 1) })
  }
}

/** `rest` brings what did not fit into `data`: there, the page is more than is held at once. */
export interface ClosedPage extends EventsPage {
  readonly isFull: boolean
  readonly rest: AsyncGenerator<readonly Event[]> | undefined
}

export type GetEventsPage = (userId: string, roomId: string, n: number) => Promise<ClosedPage>

/**
 * Page `n` holds the same seqs for ever, so that it never ends early; a reader whose view begins inside it
 * sees the rest of it.
 */
export function createGetEventsPage({
  allowReading,
  events,
}: Pick<ListEventsPorts, 'allowReading' | 'events'>): GetEventsPage {
  async function read(userId: string, roomId: string, from: number, to: number): Promise<Event[]> {
    const data = from > to ? [] : await events.read(roomId, from, to, LIMITS.eventsPage)
    return data.map((event) => hideClientMsgId(event, userId))
  }

  async function* readOn(userId: string, roomId: string, from: number, to: number) {
    for (let next = from; next <= to;) {
      // Whoever takes them slowly may be out of the room meanwhile (C8).
      const { visibleFrom } = await allowReading(userId, roomId)
      const some = await read(userId, roomId, Math.max(next, visibleFrom), to)
      if (some.length === 0) return
      yield some
      next = (some.at(-1)?.seq ?? to) + 1
    }
  }

  return async (userId, roomId, n) => {
    const access = await allowReading(userId, roomId)
    const last = n * LIMITS.eventsPage
    const from = Math.max(last - LIMITS.eventsPage + 1, access.visibleFrom)
    const to = Math.min(last, access.head)
    const data = await read(userId, roomId, from, to)
    const reached = data.at(-1)?.seq ?? to
    const { page, head } = toPage(data, access, { from, to: last })
    return {
      data,
      head,
      page: reached < to ? { ...page, after: to, hasMoreAfter: to < head } : page,
      // What somebody may not see may be theirs to see later.
      isFull: last <= access.head && access.visibleFrom <= last - LIMITS.eventsPage + 1,
      rest: reached < to ? readOn(userId, roomId, reached + 1, to) : undefined,
    }
  }
}
