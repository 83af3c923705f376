import type { Event } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { EventTape } from './event-tape.ts'
import type { MessagePage } from './message-window.ts'

export interface PageQuery {
  readonly before?: number
  readonly after?: number
  readonly around?: number
  readonly limit: number
}

export type ReadPage = (query: PageQuery) => Promise<MessagePage>

export const readRoomPage =
  (call: CallRoute, roomId: string): ReadPage =>
  async (query) => {
    const { data, head, page } = await call('GET /v1/rooms/:id/messages', {
      params: { id: roomId },
      query: { ...query },
    })
    return { data, head, hasMoreBefore: page.hasMoreBefore, hasMoreAfter: page.hasMoreAfter }
  }

export const readThreadPage =
  (call: CallRoute, roomId: string, seq: number): ReadPage =>
  async ({ before, after, limit }) => {
    const { data, head, page } = await call('GET /v1/rooms/:id/messages/:seq/replies', {
      params: { id: roomId, seq },
      query: {
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        limit,
      },
    })
    return { data, head, hasMoreBefore: page.hasMoreBefore, hasMoreAfter: page.hasMoreAfter }
  }

const TRIES = 5
const PAUSE_MS = 100

/**
 * Reads a page that can be joined to the live events: one whose head is not before what is known of the
 * events. `join` runs at once with it, so that no event comes between.
 */
export async function joinPage(
  ports: {
    readonly read: ReadPage
    readonly tape: EventTape
    readonly pause: (ms: number) => Promise<void>
  },
  query: PageQuery,
  atLeast: number,
  join: (page: MessagePage, since: readonly Event[]) => void,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await ports.pause(PAUSE_MS * 2 ** tries)
    const page = await ports.read(query)
    const since = ports.tape.since(page.head)
    if (since !== null && page.head >= atLeast) return join(page, since)
  }
  throw new ChatError({
    code: 'SERVER_BUSY',
    message: 'What was read is older than what is known already. Try again.',
    retryable: true,
  })
}
