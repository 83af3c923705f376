import { LIMITS, type ResetReason, type RoomSync, type SyncResult } from '@parley/message-schema'
import type { EventStore, RoomPosition } from '../db/log/event-store.ts'
import { hideClientMsgId } from '../room-log/event-row.ts'
import type { WaitForEvents } from '../news/wait-for-events.ts'

export interface SyncRequest {
  readonly rooms?: Readonly<Record<string, number>> | undefined
  readonly limit?: number | undefined
  readonly epoch?: number | undefined
  readonly waitMs?: number | undefined
}

export interface SyncRoomsPorts {
  readonly events: Pick<EventStore, 'positions' | 'readMany' | 'epoch'>
  readonly waitForEvents: WaitForEvents
}

export type SyncRooms = (
  userId: string,
  request: SyncRequest,
  signal: AbortSignal,
) => Promise<SyncResult>

/** What one room is answered: nothing of it, a range of its log, or a reset. */
type Plan =
  | { readonly kind: 'range'; readonly from: number; readonly head: number }
  | { readonly kind: 'reset'; readonly answer: RoomSync }

const resetOf = (head: number, reason: ResetReason): RoomSync => ({ reset: true, head, reason })
const reset = (head: number, reason: ResetReason): Plan => ({
  kind: 'reset',
  answer: resetOf(head, reason),
})

/** A range is answered whole or not at all: more than `limit` would never fit. */
export function planRoom(
  since: number,
  position: RoomPosition | undefined,
  isSameEpoch: boolean,
  limit: number,
): Plan {
  if (position === undefined) return reset(0, 'not-member')
  const { head, visibleFrom } = position
  if (!isSameEpoch) return reset(head, 'epoch')
  if (since > head) return reset(head, 'ahead')
  const from = Math.min(head, Math.max(since, visibleFrom - 1))
  return head - from > limit ? reset(head, 'too-far') : { kind: 'range', from, head }
}

/** Rooms in the order of the request, as long as their events fit; the rest is for the next call. */
export function fitRooms(
  plans: ReadonlyMap<string, Plan>,
  limit: number,
): { readonly fitting: ReadonlyMap<string, Plan>; readonly isAll: boolean } {
  const fitting = new Map<string, Plan>()
  let left = limit
  for (const [roomId, plan] of plans) {
    const events = plan.kind === 'range' ? plan.head - plan.from : 0
    if (events > left) continue
    left -= events
    fitting.set(roomId, plan)
  }
  return { fitting, isAll: fitting.size === plans.size }
}

const isNews = (plan: Plan): boolean => plan.kind === 'reset' || plan.head > plan.from

export function createSyncRooms({ events, waitForEvents }: SyncRoomsPorts): SyncRooms {
  async function fromHeads(userId: string): Promise<SyncResult> {
    const epoch = await events.epoch()
    const positions = await events.positions(userId, undefined)
    const rooms = [...positions].map(([roomId, { head }]): [string, RoomSync] => [
      roomId,
      { from: head, to: head, head, events: [] },
    ])
    return { rooms: Object.fromEntries(rooms), epoch }
  }

  async function plan(userId: string, request: SyncRequest, limit: number) {
    const since = Object.entries(request.rooms ?? {})
    const epoch = await events.epoch()
    const isSameEpoch = request.epoch === undefined || request.epoch === epoch
    const positions = await events.positions(
      userId,
      since.map(([roomId]) => roomId),
    )
    const plans = new Map(
      since.map(([roomId, seq]) => [
        roomId,
        planRoom(seq, positions.get(roomId), isSameEpoch, limit),
      ]),
    )
    return { epoch, plans }
  }

  async function answer(
    userId: string,
    fitting: ReadonlyMap<string, Plan>,
  ): Promise<{ readonly rooms: SyncResult['rooms']; readonly isWhole: boolean }> {
    const ranges = new Map<string, { after: number; limit: number }>()
    for (const [roomId, one] of fitting) {
      if (one.kind === 'range' && one.head > one.from) {
        ranges.set(roomId, { after: one.from, limit: one.head - one.from })
      }
    }
    const read = await events.readMany(ranges)
    let isWhole = true
    const rooms = [...fitting].flatMap(([roomId, one]): [string, RoomSync][] => {
      if (one.kind === 'reset') return [[roomId, one.answer]]
      const found = ranges.has(roomId) ? read.events.get(roomId) : []
      if (found === undefined) {
        if (read.tooLarge.has(roomId)) return [[roomId, resetOf(one.head, 'too-far')]]
        isWhole = false
        return []
      }
      const shown = found.map((event) => hideClientMsgId(event, userId))
      return [[roomId, { from: one.from, to: one.head, head: one.head, events: shown }]]
    })
    return { rooms: Object.fromEntries(rooms), isWhole }
  }

  return async (userId, request, signal) => {
    const { waitMs = 0, limit = LIMITS.syncEvents } = request
    if (Object.keys(request.rooms ?? {}).length === 0) return fromHeads(userId)
    let planned = await plan(userId, request, limit)
    if (waitMs > 0 && ![...planned.plans.values()].some(isNews)) {
      const heads = Object.entries(request.rooms ?? {})
      await waitForEvents(new Map(heads), waitMs, signal)
      // C8: who was removed while waiting is not told what was said since.
      planned = await plan(userId, request, limit)
    }
    const { fitting, isAll } = fitRooms(planned.plans, limit)
    const { rooms, isWhole } = await answer(userId, fitting)
    const isMore = !isAll || !isWhole
    return { rooms, ...(isMore && { more: true as const }), epoch: planned.epoch }
  }
}
