import { type LogCommandOf, type MessageDeleted, tombstoneBody } from '@parley/message-schema'
import { refuseArchived, requireActor, requirePermission } from './authority.ts'
import { pairKey, type BatchState } from './batch-state.ts'
import { requireMessage } from './edit-message.ts'
import { fingerprintOf } from './fingerprint.ts'
import { earlierEvent } from './once.ts'

/** The body is erased wherever it stood: in the creation and in every version. A tombstone stays. */
export function deleteMessage(
  state: BatchState,
  command: LogCommandOf<'message:delete'>,
): MessageDeleted {
  const { roomId, actor, clientMsgId } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:deleted', fingerprint)
  if (earlier !== undefined) return { seq: earlier.seq, dup: true }
  const at = requireActor(state, roomId, actor)
  const { room, member } = at
  const message = requireMessage(state, roomId, command.seq, member?.visibleFrom ?? 1)
  if (message.authorId === actor.id) {
    refuseArchived(at)
    requirePermission(state, at, 'message:delete-own')
  } else {
    requirePermission(state, at, 'message:delete-any')
    const targetId = message.authorId
    state.newAudit.push({
      actor,
      action: 'message:delete',
      roomId,
      targetId,
      details: { seq: command.seq },
    })
  }

  message.deleted = true
  message.deletedAt = state.now
  message.body = tombstoneBody(message.body)
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
