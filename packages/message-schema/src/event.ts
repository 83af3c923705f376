import { z } from 'zod'
import { Attachment, LinkPreview } from './attachment.ts'
import { ClientMsgId, Seq, Timestamp, UserId } from './ids.ts'
import { ModerationAct } from './moderation.ts'
import { MemberRole, RoomFacts } from './room.ts'
import { Payload } from './text.ts'

export const ActorKind = z.enum(['user', 'bot', 'system'])
export const Actor = z.object({ id: UserId, kind: ActorKind }).meta({ id: 'Actor' })
export type Actor = z.infer<typeof Actor>

/** Body of a message as it was sent. `deleted` is the tombstone: nothing else is left then. */
export const MessageBody = z
  .object({
    type: z.string(),
    text: z.string().optional(),
    payload: Payload.optional(),
    replyTo: Seq.optional(),
    threadId: Seq.optional(),
    attachments: z.array(Attachment).optional(),
    mentions: z.array(UserId).optional(),
    /** Everybody (`room`), or everybody who is online (`here`), besides those in `mentions`. */
    mentionAll: z.enum(['room', 'here']).optional(),
    silent: z.boolean().optional(),
    /** Found by a job after the message was sent. */
    previews: z.array(LinkPreview).optional(),
    /** Brought in from elsewhere, with the time that it had there: nobody was notified. */
    importedAt: Timestamp.optional(),
    importedEditAt: Timestamp.optional(),
    deleted: z.literal(true).optional(),
  })
  .meta({ id: 'MessageBody' })
export type MessageBody = z.infer<typeof MessageBody>

const envelope = {
  seq: Seq,
  ts: Timestamp,
  actor: Actor,
  /** The `seq` of the message that the event is about, where it is about one. */
  ref: Seq.optional(),
  /** Counts only what unread counts count. */
  msgNo: z.int().positive().optional(),
  /** Shown to its author only. */
  clientMsgId: ClientMsgId.optional(),
}

const event = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ ...envelope, type: z.literal(type), data })

/** The log of a room is made of these, and of nothing else. */
export const Event = z
  .discriminatedUnion('type', [
    event('message:created', MessageBody),
    event(
      'message:updated',
      z.object({
        version: z.int(),
        text: z.string().optional(),
        payload: Payload.optional(),
        previews: z.array(LinkPreview).optional(),
        /** Not for everybody who gets the event: whoever may see the message asks for it. */
        sealed: z.literal(true).optional(),
        deleted: z.literal(true).optional(),
      }),
    ),
    event('message:deleted', z.object({})),
    event('reaction:changed', z.object({ key: z.string(), on: z.boolean() })),
    event('pin:changed', z.object({ on: z.boolean() })),
    event('member:joined', z.object({ userId: UserId, role: MemberRole })),
    event(
      'member:left',
      z.object({ userId: UserId, reason: z.enum(['left', 'removed', 'banned', 'erased']) }),
    ),
    event('member:updated', z.object({ userId: UserId, role: MemberRole })),
    event('room:updated', RoomFacts),
    event('moderation:acted', ModerationAct),
  ])
  .meta({ id: 'Event' })
export type Event = z.infer<typeof Event>
export type EventType = Event['type']
export type EventOf<Type extends EventType> = Extract<Event, { type: Type }>
