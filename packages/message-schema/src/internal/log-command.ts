import { z } from 'zod'
import { Attachment, LinkPreview } from '../attachment.ts'
import { Actor } from '../event.ts'
import { ERROR_CODES } from '../errors.ts'
import { ClientMsgId, RoomId, Seq, Timestamp, UserId, Uuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import {
  MessageDelete,
  MessageEdit,
  MessageSend,
  PinSet,
  ReactionSet,
  ReadSet,
} from '../message.ts'
import { ModerationAction, Reason } from '../moderation.ts'
import { Payload } from '../text.ts'
import { MemberRole, RoomFacts, RoomKind, roomSettingsShape } from '../room.ts'

const command = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), actor: Actor, ...shape })

/** One that a gateway has given up may still arrive after the one that was answered, and must change nothing then. */
export const CommandAttempt = z.strictObject({
  /** Of what is asked for, by whom and through which gateway. */
  id: Uuid,
  /** Of the gateway's request: lower ones were given up before it was made. */
  number: z.int().positive(),
  /** There was an attempt before this one, which may yet arrive. */
  isRetry: z.boolean(),
})
export type CommandAttempt = z.infer<typeof CommandAttempt>
const attemptShape = { attempt: CommandAttempt.optional() }

/** Said by gateways from before requests were numbered, which may be there during an upgrade. It is passed over. */
const formerShape = { attempt: z.unknown().optional() }

/** What a gateway may send: the rest goes through REST, where its rights are checked. */
export const GatewayCommand = z.discriminatedUnion('kind', [
  command('message:send', MessageSend.shape),
  command('message:edit', MessageEdit.shape),
  command('message:delete', MessageDelete.shape),
  command('reaction:set', { ...ReactionSet.shape, ...formerShape }),
  command('pin:set', { ...PinSet.shape, ...formerShape }),
  command('read:set', { ...ReadSet.shape, ...formerShape }),
])
export type GatewayCommand = z.infer<typeof GatewayCommand>

/**
 * What is found out about a message before it is asked for in the log, where nothing can be waited
 * for. A refusal counts only if the command was not committed before: a retry stays a success (C3).
 */
const preparedShape = {
  /** Of what the sender asked for, 8 bytes in hex: the text may have been changed since. */
  fingerprint: z.string().length(16).optional(),
  refusal: z
    .strictObject({ code: z.enum(ERROR_CODES), message: z.string(), details: z.unknown() })
    .optional(),
  /** What the word list has found. It is for those who are not exempt of it, which the log knows. */
  words: z
    .strictObject({
      rejected: z.boolean(),
      /** Instead of what was asked for. */
      text: z.string().optional(),
      payload: Payload.optional(),
      /** For the moderators: why they should look. */
      report: z.string().optional(),
    })
    .optional(),
}

/** What the room log is asked to do. Everything that changes a room is one of these. */
export const LogCommand = z.discriminatedUnion('kind', [
  command('message:send', {
    ...MessageSend.shape,
    ...preparedShape,
    ...attemptShape,
    /** The files of `attachments`, in their order. */
    files: z.array(Attachment).optional(),
    /** Members who are online now, for `mentionAll: 'here'`. */
    hereIds: z.array(UserId).optional(),
    /** Where it was imported from it had this time; nobody is notified. */
    importedAt: Timestamp.optional(),
    /** And was edited last then. */
    importedEditAt: Timestamp.optional(),
  }),
  command('message:edit', { ...MessageEdit.shape, ...preparedShape, ...attemptShape }),
  command('message:delete', { ...MessageDelete.shape, ...attemptShape }),
  command('message:preview', { roomId: RoomId, seq: Seq, previews: z.array(LinkPreview) }),
  command('reaction:set', { ...ReactionSet.shape, ...attemptShape }),
  command('pin:set', { ...PinSet.shape, ...attemptShape }),
  command('read:set', { ...ReadSet.shape, ...attemptShape }),
  command('room:create', {
    roomId: RoomId,
    clientMsgId: ClientMsgId.optional(),
    roomKind: RoomKind,
    name: z.string().nullable(),
    visibility: roomSettingsShape.visibility,
    topic: z.string().nullable(),
    history: roomSettingsShape.history,
    avatarUrl: z.string().nullable().optional(),
    slowModeS: roomSettingsShape.slowModeS.optional(),
    retentionDays: roomSettingsShape.retentionDays.optional(),
    roleOverrides: roomSettingsShape.roleOverrides.optional(),
    memberIds: z.array(UserId),
    /** Of DMs: equal for equal sets of members. 32 bytes in hex. */
    memberSetHash: z.string().length(64).optional(),
  }),
  command('room:update', { roomId: RoomId, change: RoomFacts.omit({ kind: true }) }),
  command('member:join', {
    roomId: RoomId,
    userId: UserId,
    role: MemberRole,
    /** The invite that opens the room to them. */
    inviteId: Uuid.optional(),
  }),
  command('member:leave', { roomId: RoomId, userId: UserId }),
  command('member:update', { roomId: RoomId, userId: UserId, role: MemberRole }),
  command('moderation:act', {
    roomId: RoomId,
    action: ModerationAction,
    userId: UserId,
    until: Timestamp.optional(),
    reason: Reason.optional(),
  }),
])
export type LogCommand = z.infer<typeof LogCommand>
export type LogCommandKind = LogCommand['kind']
export type LogCommandOf<Kind extends LogCommandKind> = Extract<LogCommand, { kind: Kind }>

/** Bytes of a command as it travels, rather too many than too few: payloads are not measured again. */
export function weighCommand(asked: GatewayCommand | LogCommand): number {
  if (!('text' in asked || 'payload' in asked)) return COMMAND_BYTES
  const { text = '', payload } = asked
  return COMMAND_BYTES + 3 * text.length + (payload === undefined ? 0 : LIMITS.payloadBytes)
}
const COMMAND_BYTES = 400
