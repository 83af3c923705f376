import { ParleyError, type Event } from '@parley/message-schema'
import type { EventStore } from '../db/log/event-store.ts'
import type { WaitForEvents } from '../news/wait-for-events.ts'
import { hideClientMsgId } from '../room-log/event-row.ts'
import type { AllowReading } from './reader-access.ts'

export interface FollowRoomPorts {
  readonly allowReading: AllowReading
  readonly events: Pick<EventStore, 'read' | 'epoch'>
  readonly waitForEvents: WaitForEvents
  /** Nothing new for so long is said, too. */
  readonly quietMs: number
}

export interface Follower {
  readonly userId: string
  /** Rejects with `AUTH_*` once the sign-in does not hold any more. */
  readonly stillAdmitted: () => Promise<void>
}

export type Followed =
  | { readonly is: 'begun'; readonly from: number; readonly head: number; readonly epoch: number }
  | { readonly is: 'events'; readonly events: readonly Event[] }
  | { readonly is: 'quiet' }

/** Ends when `signal` does. Throws what ends the reading otherwise: nobody goes on as a non-member. */
export type FollowRoom = (
  follower: Follower,
  roomId: string,
  after: number | undefined,
  signal: AbortSignal,
) => AsyncGenerator<Followed, void>

/** A slow reader has so many in memory here at most. */
const AT_ONCE = 50

/** As long polling does it, again and again: each look begins with what may be read now (C8). */
export function createFollowRoom(ports: FollowRoomPorts): FollowRoom {
  const { allowReading, events, waitForEvents, quietMs } = ports
  return async function* follow({ userId, stillAdmitted }, roomId, after, signal) {
    const { head, visibleFrom } = await allowReading(userId, roomId)
    if (after !== undefined && after > head) {
      throw new ParleyError('CURSOR_AHEAD', {
        message: `The head of the room is ${head}.`,
        details: { head },
      })
    }
    let position = Math.max(after ?? head, visibleFrom - 1)
    yield { is: 'begun', from: position, head, epoch: await events.epoch() }
    let hasWaited = false
    while (!signal.aborted) {
      await stillAdmitted()
      const access = await allowReading(userId, roomId)
      position = Math.max(position, access.visibleFrom - 1)
      if (position < access.head) {
        const read = await events.read(roomId, position + 1, access.head, AT_ONCE)
        position = read.at(-1)?.seq ?? access.head
        yield { is: 'events', events: read.map((event) => hideClientMsgId(event, userId)) }
        hasWaited = false
        continue
      }
      if (hasWaited) yield { is: 'quiet' }
      await waitForEvents(new Map([[roomId, position]]), quietMs, signal)
      hasWaited = true
    }
  }
}
