import { invalid, ParleyError, ROUTES } from '@parley/message-schema'
import type { Request, Response } from 'express'
import type { StillAdmitted } from '../auth/still-admitted.ts'
import type { Caller } from '../auth/caller.ts'
import type { FollowRoom } from '../history/follow-room.ts'
import type { AllowReading } from '../history/reader-access.ts'
import type { StreamLinks, StreamTicket } from '../history/stream-link.ts'
import type { StreamPlaces } from '../history/stream-places.ts'
import { sendEventStream, type StreamEnd } from '../http/event-stream.ts'
import { route, type BoundRoute } from '../http/route.ts'

export interface StreamOperations {
  readonly followRoom: FollowRoom
  readonly allowReading: AllowReading
  readonly stillAdmitted: StillAdmitted
  readonly links: StreamLinks
  readonly places: StreamPlaces
  readonly stopping: AbortSignal
  readonly ended: (how: StreamEnd) => void
}

/** As long as an access token of ours lasts by default. */
const LINK_MS = 600_000
/** As slow sockets are given. */
const STALL_MS = 10_000

const LAST_EVENT_ID = 'Last-Event-ID'

/** What the reader was handed last, of this room; the header is what a browser sends by itself. */
function positionOf(
  request: Request,
  roomId: string,
  after: number | undefined,
): number | undefined {
  const given = request.get(LAST_EVENT_ID)
  if (given === undefined || given === '') return after
  const [room, seq] = given.split(':')
  const position = Number(seq)
  const isPosition = /^\d{1,16}$/u.test(seq ?? '') && Number.isSafeInteger(position)
  if (room?.toLowerCase() === roomId && isPosition) return position
  throw invalid(LAST_EVENT_ID, 'must be the id of an event of this room')
}

/** Nothing that began with a token outlasts it. A key that acts for somebody could end meanwhile. */
const ticketOf = (caller: Caller, roomId: string): StreamTicket => ({
  userId: caller.userId,
  // What a host's token calls its session is none of ours.
  sessionId: caller.host === undefined ? caller.sessionId : undefined,
  issuedAtMs: caller.issuedAtMs,
  expiresAtMs:
    caller.viaKey === undefined
      ? caller.expiresAtMs
      : Math.min(caller.expiresAtMs, Date.now() + LINK_MS),
  roomId,
})

export function createStreamRoutes(operations: StreamOperations): BoundRoute[] {
  const { followRoom, allowReading, stillAdmitted, links, places, stopping, ended } = operations

  async function stream(
    ticket: StreamTicket,
    after: number | undefined,
    { request, response }: { readonly request: Request; readonly response: Response },
  ): Promise<undefined> {
    const { userId, roomId } = ticket
    const position = positionOf(request, roomId, after)
    const leave = places.take(userId)
    try {
      const follower = { userId, stillAdmitted: () => stillAdmitted(ticket) }
      const how = await sendEventStream(
        request,
        response,
        (signal) => followRoom(follower, roomId, position, signal),
        { roomId, stopping, stallMs: STALL_MS },
      )
      ended(how)
    } finally {
      leave()
    }
    return undefined
  }

  return [
    route(ROUTES.streamEvents, ({ identity, params, query, ...http }) =>
      stream(ticketOf(identity, params.id), query.after, http),
    ),
    route(ROUTES.linkStream, async ({ identity, params }) => {
      await allowReading(identity.userId, params.id)
      const ticket = ticketOf(identity, params.id)
      const expiresAtMs = Math.min(ticket.expiresAtMs, Date.now() + LINK_MS)
      const token = links.sign({ ...ticket, expiresAtMs })
      return {
        url: `/v1/rooms/${params.id}/stream/linked?token=${token}`,
        expiresAt: new Date(expiresAtMs).toISOString(),
      }
    }),
    route(ROUTES.getLinkedStream, async ({ params, query, ...http }) => {
      const ticket = links.verify(query.token)
      if (ticket?.roomId !== params.id) {
        throw new ParleyError('NOT_FOUND', { message: 'This address is none, or is over.' })
      }
      await stillAdmitted(ticket)
      return stream(ticket, query.after, http)
    }),
  ]
}
