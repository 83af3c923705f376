import { z } from 'zod'
import { Event } from './event.ts'
import { Position, RoomId } from './ids.ts'
import { LIMITS } from './limits.ts'

/**
 * The last `seq` known in each room; no rooms asks for all of mine from their heads.
 * `epoch` is the log's, from `session:ready`: positions of another epoch are answered by `reset`.
 */
export const Sync = z
  .strictObject({
    rooms: z
      .record(RoomId, Position)
      .refine((rooms) => Object.keys(rooms).length <= LIMITS.syncRooms, {
        message: `must name at most ${LIMITS.syncRooms} rooms`,
        params: { tooLarge: true },
      })
      .optional(),
    limit: z.int().positive().max(LIMITS.syncEvents).optional(),
    epoch: z.int().nonnegative().optional(),
  })
  .meta({ id: 'Sync' })
export type Sync = z.infer<typeof Sync>

/** Why positions cannot be continued: page history up to `head`, live events go on after it. */
export const ResetReason = z.enum(['too-far', 'ahead', 'epoch', 'not-member'])
export type ResetReason = z.infer<typeof ResetReason>

export const RoomSync = z
  .union([
    z.object({ from: Position, to: Position, head: Position, events: z.array(Event) }),
    z.object({ reset: z.literal(true), head: Position, reason: ResetReason }),
  ])
  .meta({ id: 'RoomSync' })
export type RoomSync = z.infer<typeof RoomSync>

/** `more`: the rooms that are not in the answer did not fit, ask for them again. */
export const SyncResult = z
  .object({
    rooms: z.record(RoomId, RoomSync),
    more: z.literal(true).optional(),
    epoch: z.int().nonnegative(),
  })
  .meta({ id: 'SyncResult' })
export type SyncResult = z.infer<typeof SyncResult>
