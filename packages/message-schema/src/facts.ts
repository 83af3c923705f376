import { z } from 'zod'
import { Event } from './event.ts'
import { Position, RoomId, Timestamp, UserId, Uuid } from './ids.ts'
import { EphemeralMessage } from './notification.ts'
import { Presence, Typing } from './presence.ts'
import { MemberRole } from './room.ts'
import { SessionEnd, SessionReady } from './session.ts'

export const RoomEvents = z
  .object({ roomId: RoomId, head: Position, events: z.array(Event).min(1) })
  .meta({ id: 'RoomEvents' })
export type RoomEvents = z.infer<typeof RoomEvents>

export const RoomHeads = z.record(RoomId, Position).meta({ id: 'RoomHeads' })
export type RoomHeads = z.infer<typeof RoomHeads>

/** The socket is in the room: its events follow, from `head` on. */
export const RoomAdded = z.object({ roomId: RoomId, head: Position }).meta({ id: 'RoomAdded' })
export type RoomAdded = z.infer<typeof RoomAdded>
/** Somebody has invited the user: `POST /v1/me/invites/:id/accept` or `decline`. */
export const RoomInvited = z
  .object({ roomId: RoomId, inviteId: Uuid, role: MemberRole, by: UserId })
  .meta({ id: 'RoomInvited' })
export type RoomInvited = z.infer<typeof RoomInvited>
export const RoomRemoved = z.object({ roomId: RoomId }).meta({ id: 'RoomRemoved' })
export type RoomRemoved = z.infer<typeof RoomRemoved>

export const ReadMoved = z
  .object({
    roomId: RoomId,
    userId: UserId,
    readSeq: Position,
    unread: z.int().nonnegative().optional(),
    mentions: z.int().nonnegative().optional(),
  })
  .meta({ id: 'ReadMoved' })
export type ReadMoved = z.infer<typeof ReadMoved>

/** Server to client. Unknown fields and unknown event types are to be ignored. */
export const FACTS = {
  'session:ready': SessionReady,
  'session:end': SessionEnd,
  'auth:expiring': z.object({ expiresAt: Timestamp }).meta({ id: 'AuthExpiring' }),
  'server:drain': z.object({ afterMs: z.int().nonnegative() }).meta({ id: 'ServerDrain' }),
  'room:events': RoomEvents,
  'room:heads': RoomHeads,
  'room:added': RoomAdded,
  'room:removed': RoomRemoved,
  'room:invited': RoomInvited,
  'read:moved': ReadMoved,
  'message:ephemeral': EphemeralMessage,
  typing: Typing,
  presence: Presence,
} as const

export type FactName = keyof typeof FACTS
export type Fact<Name extends FactName> = z.infer<(typeof FACTS)[Name]>

export type ServerToClientEvents = { [Name in FactName]: (fact: Fact<Name>) => void }
