import { ParleyError, type LogCommandOf, type MessageDeleted } from '@parley/message-schema'
import { pairKey, type BatchState } from './batch-state.ts'
import { requireMessage } from './edit-message.ts'
import { fingerprintOf } from './fingerprint.ts'
import { requireMember } from './membership.ts'
import { earlierEvent } from './once.ts'

const MODERATING = new Set(['owner', 'admin', 'moderator'])

/** The body is erased wherever it stood: in the creation and in every version. A tombstone stays. */
export function deleteMessage(
  state: BatchState,
  command: LogCommandOf<'message:delete'>,
): MessageDeleted {
  const { roomId, actor, clientMsgId } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:deleted', fingerprint)
  if (earlier !== undefined) return { seq: earlier.seq, dup: true }
  const { room, member } = requireMember(state, roomId, actor.id)
  const message = requireMessage(state, roomId, command.seq, member.visibleFrom)
  if (message.authorId !== actor.id && !MODERATING.has(member.role)) {
    throw new ParleyError('FORBIDDEN')
  }

  message.deleted = true
  message.deletedAt = state.now
  message.body = { type: message.body.type, deleted: true }
  const { seq } = state.append(
    roomId,
    room,
    { type: 'message:deleted', actor, clientMsgId, ref: command.seq, data: {} },
    fingerprint,
  )
  state.changedMessages.add(pairKey(roomId, command.seq))
  state.erasedMessages.push({ roomId, seq: command.seq })
  return { seq }
}
