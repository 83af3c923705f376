import { ParleyError, type LogCommandOf, type MessageEdited } from '@parley/message-schema'
import { pairKey, type BatchState, type MessageState } from './batch-state.ts'
import { fingerprintOf } from './fingerprint.ts'
import { requireMember } from './membership.ts'
import { earlierEvent } from './once.ts'

/** The living message at `seq`, for a member who can see it. */
export function requireMessage(
  state: BatchState,
  roomId: string,
  seq: number,
  visibleFrom: number,
): MessageState {
  const message = state.messages.get(pairKey(roomId, seq))
  if (message === undefined || seq < visibleFrom) {
    throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
  }
  if (message.deleted) throw new ParleyError('GONE', { message: 'This message was deleted.' })
  return message
}

export function editMessage(
  state: BatchState,
  command: LogCommandOf<'message:edit'>,
): MessageEdited {
  const { roomId, actor, clientMsgId, text, payload, ifVersion } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:updated', fingerprint)
  if (earlier?.type === 'message:updated') {
    return { seq: earlier.seq, version: earlier.data.version, dup: true }
  }
  const { room, member } = requireMember(state, roomId, actor.id)
  const message = requireMessage(state, roomId, command.seq, member.visibleFrom)
  if (message.authorId !== actor.id) throw new ParleyError('FORBIDDEN')
  if (ifVersion !== undefined && ifVersion !== message.version) {
    throw new ParleyError('CONFLICT', {
      message: `The message is at version ${message.version} by now.`,
      details: { version: message.version },
    })
  }

  const change = { ...(text !== undefined && { text }), ...(payload !== undefined && { payload }) }
  message.version += 1
  message.body = { ...message.body, ...change }
  message.editedAt = state.now
  const { seq } = state.append(
    roomId,
    room,
    {
      type: 'message:updated',
      actor,
      clientMsgId,
      ref: command.seq,
      data: { version: message.version, ...change },
    },
    fingerprint,
  )
  state.changedMessages.add(pairKey(roomId, command.seq))
  state.newVersions.push({ roomId, seq: command.seq, version: message.version, eventSeq: seq })
  return { seq, version: message.version }
}
