import { z } from 'zod'
import { Position, RoomId, Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

export const RoomKind = z.enum(['room', 'dm', 'group'])
export type RoomKind = z.infer<typeof RoomKind>
export const Visibility = z.enum(['public', 'private'])
export type Visibility = z.infer<typeof Visibility>
/** `all`: a member reads the whole log. `since-join`: from the event of their joining on. */
export const HistoryPolicy = z.enum(['all', 'since-join'])
export type HistoryPolicy = z.infer<typeof HistoryPolicy>

export const MemberRole = z
  .enum(['owner', 'admin', 'moderator', 'member', 'guest'])
  .meta({ id: 'MemberRole' })
export type MemberRole = z.infer<typeof MemberRole>

/** What is told of a room in its own log: each field when it is set for the first time or changes. */
export const RoomFacts = z
  .object({
    kind: RoomKind.optional(),
    name: z.string().nullable().optional(),
    visibility: Visibility.optional(),
    topic: z.string().nullable().optional(),
    history: HistoryPolicy.optional(),
  })
  .meta({ id: 'RoomFacts' })
export type RoomFacts = z.infer<typeof RoomFacts>

export const Room = z
  .object({
    id: RoomId,
    kind: RoomKind,
    name: z.string().nullable(),
    visibility: Visibility,
    topic: z.string().nullable(),
    head: Position,
    lastMsgNo: z.int().nonnegative(),
    memberCount: z.int().nonnegative(),
    features: z.object({ typing: z.boolean() }),
    settings: z.object({ history: HistoryPolicy }),
    createdAt: Timestamp,
    /** The caller's own part in it; absent for somebody who is not a member. */
    me: z
      .object({
        role: MemberRole,
        readSeq: Position,
        unread: z.int().nonnegative(),
        mentions: z.int().nonnegative(),
      })
      .optional(),
    /** The other people of a DM or group DM, for a title. */
    peers: z.array(z.object({ id: UserId, displayName: z.string() })).optional(),
  })
  .meta({ id: 'Room' })
export type Room = z.infer<typeof Room>

export const Member = z
  .object({
    userId: UserId,
    username: z.string().nullable(),
    displayName: z.string(),
    avatarUrl: z.string().nullable(),
    role: MemberRole,
    joinedAt: Timestamp,
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>

export const RoomName = text(LIMITS.roomNameCharacters)
  .transform((name) => name.trim().normalize('NFC'))
  .pipe(z.string().min(1, 'must not be blank'))
export const Topic = text(LIMITS.topicCharacters)
