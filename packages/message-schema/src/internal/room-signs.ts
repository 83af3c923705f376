import { z } from 'zod'
import { Position, RoomId, Seq, UserId } from '../ids.ts'

/**
 * What is said in a room outside its log: who types, how far somebody has read. It goes to the gateways
 * that have sockets in the room, and each gathers it for them. It may be lost at any time.
 */
export const RoomSign = z.object({
  roomId: RoomId,
  /** Who has said it: a gateway heeds its own at once and hears them again. */
  from: z.string(),
  typing: z.object({ userId: UserId, on: z.boolean(), threadId: Seq.optional() }).optional(),
  read: z.object({ userId: UserId, readSeq: Position }).optional(),
})
export type RoomSign = z.infer<typeof RoomSign>

export const roomSignsChannel = (roomId: string): string => `parley:signs:${roomId}`
