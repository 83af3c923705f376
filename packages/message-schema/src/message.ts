import { z } from 'zod'
import { Attachment, LinkPreview } from './attachment.ts'
import { ClientMsgId, Position, RoomId, Seq, Timestamp, UserId, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { MessageText, Payload } from './text.ts'

export const hasContent = (draft: {
  text?: unknown
  payload?: unknown
  attachments?: readonly unknown[] | undefined
}): boolean =>
  draft.text !== undefined || draft.payload !== undefined || (draft.attachments?.length ?? 0) > 0

export const NO_CONTENT = { message: 'needs text, payload or attachments', path: ['text'] }

/** The parts of a message that its sender chooses, without room and id. */
export const messageDraftShape = {
  type: z
    .string()
    .regex(/^[a-z][a-z0-9._-]{0,31}$/u, 'must be a lower-case name of at most 32 characters')
    .optional(),
  text: MessageText.optional(),
  payload: Payload.optional(),
  /** Ids of files that the sender has uploaded. */
  attachments: z.array(Uuid).max(LIMITS.attachmentsPerMessage).optional(),
  replyTo: Seq.optional(),
  /** The message that the thread hangs on. */
  threadId: Seq.optional(),
  mentions: z.array(UserId).max(LIMITS.mentionsPerMessage).optional(),
  mentionAll: z.enum(['room', 'here']).optional(),
  silent: z.boolean().optional(),
}

export const MessageSend = z
  .strictObject({ roomId: RoomId, clientMsgId: ClientMsgId, ...messageDraftShape })
  .refine(hasContent, NO_CONTENT)
  .meta({ id: 'MessageSend' })
export type MessageSend = z.infer<typeof MessageSend>

export const MessageSent = z
  .object({
    seq: Seq,
    /** 0 for what was imported: it is nobody's unread. */
    msgNo: z.int().nonnegative(),
    ts: Timestamp,
    dup: z.literal(true).optional(),
  })
  .meta({ id: 'MessageSent' })
export type MessageSent = z.infer<typeof MessageSent>

/** `ifVersion` refuses the edit when somebody was faster: 0 for a message never edited. */
export const messageEditShape = {
  text: MessageText.optional(),
  payload: Payload.optional(),
  ifVersion: z.int().nonnegative().optional(),
}

export const MessageEdit = z
  .strictObject({ roomId: RoomId, seq: Seq, clientMsgId: ClientMsgId, ...messageEditShape })
  .refine(hasContent, { message: 'needs text or payload', path: ['text'] })
  .meta({ id: 'MessageEdit' })
export type MessageEdit = z.infer<typeof MessageEdit>

export const MessageEdited = z
  .object({ seq: Seq, version: z.int().positive(), dup: z.literal(true).optional() })
  .meta({ id: 'MessageEdited' })
export type MessageEdited = z.infer<typeof MessageEdited>

export const MessageDelete = z
  .strictObject({ roomId: RoomId, seq: Seq, clientMsgId: ClientMsgId })
  .meta({ id: 'MessageDelete' })
export type MessageDelete = z.infer<typeof MessageDelete>

export const MessageDeleted = z
  .object({ seq: Seq, dup: z.literal(true).optional() })
  .meta({ id: 'MessageDeleted' })
export type MessageDeleted = z.infer<typeof MessageDeleted>

/**
 * Nothing invisible, but for what joins several emoji to one (a family, a flag of a rainbow) and the tags that make
 * a black flag that of a region.
 */
const REACTION_KEY =
  /^(?:[^\p{C}\s]|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})|(?<=\u{1F3F4})[\u{E0020}-\u{E007E}]{1,6}\u{E007F})+$/u

/** Idempotent by state: what is set already answers the event that set it. */
export const ReactionKey = z
  .string()
  .min(1)
  .max(LIMITS.reactionCharacters)
  .regex(REACTION_KEY, 'must be an emoji or a name, without blanks')
export const ReactionSet = z
  .strictObject({ roomId: RoomId, seq: Seq, key: ReactionKey, on: z.boolean() })
  .meta({ id: 'ReactionSet' })
export type ReactionSet = z.infer<typeof ReactionSet>

export const PinSet = z
  .strictObject({ roomId: RoomId, seq: Seq, on: z.boolean() })
  .meta({ id: 'PinSet' })
export type PinSet = z.infer<typeof PinSet>

/** `seq` of the event; absent where there never was one, since nothing was to be changed. */
export const StateSet = z.object({ seq: Seq.optional() }).meta({ id: 'StateSet' })
export type StateSet = z.infer<typeof StateSet>

/** `forward` never goes back, whatever arrives late; `set` marks unread. */
export const ReadSet = z
  .strictObject({ roomId: RoomId, upTo: Position, mode: z.enum(['forward', 'set']).optional() })
  .meta({ id: 'ReadSet' })
export type ReadSet = z.infer<typeof ReadSet>

export const ReadState = z
  .object({
    readSeq: Position,
    unread: z.int().nonnegative(),
    mentions: z.int().nonnegative(),
  })
  .meta({ id: 'ReadState' })
export type ReadState = z.infer<typeof ReadState>

/** A message as it stands now: its creation with every later edit and delete applied. */
export const Message = z
  .object({
    roomId: RoomId,
    seq: Seq,
    /** 0 for what was imported: it is nobody's unread. */
    msgNo: z.int().nonnegative(),
    type: z.string(),
    sender: z.object({
      id: UserId,
      username: z.string().nullable(),
      displayName: z.string(),
      avatarUrl: z.string().nullable(),
    }),
    text: z.string().nullable(),
    payload: Payload.optional(),
    attachments: z.array(Attachment),
    previews: z.array(LinkPreview).optional(),
    replyTo: Seq.optional(),
    threadId: Seq.optional(),
    /** Of a message that a thread hangs on. */
    thread: z.object({ replies: z.int().positive(), lastSeq: Seq }).optional(),
    mentions: z.array(UserId),
    mentionAll: z.enum(['room', 'here']).optional(),
    silent: z.literal(true).optional(),
    reactions: z.array(
      z.object({
        key: z.string(),
        count: z.int(),
        userIds: z.array(UserId),
        mine: z.boolean().optional(),
      }),
    ),
    pinned: z.boolean(),
    /** The time it had where it was imported from. */
    importedAt: Timestamp.optional(),
    version: z.int().nonnegative(),
    ts: Timestamp,
    editedAt: Timestamp.optional(),
    deletedAt: Timestamp.optional(),
    clientMsgId: ClientMsgId.optional(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof Message>
