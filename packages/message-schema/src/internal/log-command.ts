import { z } from 'zod'
import { Actor } from '../event.ts'
import { ClientMsgId, RoomId, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { MessageDelete, MessageEdit, MessageSend, ReadSet } from '../message.ts'
import { HistoryPolicy, MemberRole, RoomKind, Topic, Visibility } from '../room.ts'

const command = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(kind), actor: Actor, ...shape })

/** What a gateway may send: the rest goes through REST, where its rights are checked. */
export const GatewayCommand = z.discriminatedUnion('kind', [
  command('message:send', MessageSend.shape),
  command('message:edit', MessageEdit.shape),
  command('message:delete', MessageDelete.shape),
  command('read:set', ReadSet.shape),
])
export type GatewayCommand = z.infer<typeof GatewayCommand>

/** What the room log is asked to do. Everything that changes a room is one of these. */
export const LogCommand = z.discriminatedUnion('kind', [
  GatewayCommand,
  command('room:create', {
    roomId: RoomId,
    clientMsgId: ClientMsgId.optional(),
    roomKind: RoomKind,
    name: z.string().nullable(),
    visibility: Visibility,
    topic: Topic.nullable(),
    history: HistoryPolicy,
    memberIds: z.array(UserId),
    /** Of DMs: equal for equal sets of members. 32 bytes in hex. */
    memberSetHash: z.string().length(64).optional(),
  }),
  command('member:join', { roomId: RoomId, userId: UserId, role: MemberRole }),
  command('member:leave', { roomId: RoomId, userId: UserId }),
])
export type LogCommand = z.infer<typeof LogCommand>
export type LogCommandKind = LogCommand['kind']
export type LogCommandOf<Kind extends LogCommandKind> = Extract<LogCommand, { kind: Kind }>

/** Bytes of a command as it travels, rather too many than too few: payloads are not measured again. */
export function weighCommand(asked: LogCommand): number {
  if (!('text' in asked || 'payload' in asked)) return COMMAND_BYTES
  const { text = '', payload } = asked
  return COMMAND_BYTES + 3 * text.length + (payload === undefined ? 0 : LIMITS.payloadBytes)
}
const COMMAND_BYTES = 400
