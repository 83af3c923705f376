import {
  ParleyError,
  type LogCommandOf,
  type MessageBody,
  type MessageSent,
} from '@parley/message-schema'
import { pairKey, type BatchState } from './batch-state.ts'
import { fingerprintOf } from './fingerprint.ts'
import { activeMember, requireMember } from './membership.ts'
import { earlierEvent } from './once.ts'

type SendMessage = LogCommandOf<'message:send'>

function toBody({
  type,
  text,
  payload,
  replyTo,
  threadId,
  mentions,
  silent,
}: SendMessage): MessageBody {
  return {
    type: type ?? 'text',
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
    ...(mentions !== undefined && mentions.length > 0 && { mentions: [...new Set(mentions)] }),
    ...(silent === true && { silent }),
  }
}

function requireReferred(state: BatchState, command: SendMessage, visibleFrom: number): void {
  for (const field of ['replyTo', 'threadId'] as const) {
    const seq = command[field]
    if (seq === undefined) continue
    const isThere = state.messages.has(pairKey(command.roomId, seq)) && seq >= visibleFrom
    if (!isThere)
      throw new ParleyError('INVALID', { message: `${field}: there is no such message` })
  }
}

export function sendMessage(state: BatchState, command: SendMessage): MessageSent {
  const { roomId, actor, clientMsgId } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:created', fingerprint)
  if (earlier !== undefined) {
    const { seq, msgNo = 0, ts } = earlier
    return { seq, msgNo, ts, dup: true }
  }
  const { room, member } = requireMember(state, roomId, actor.id)
  requireReferred(state, command, member.visibleFrom)

  const body = toBody(command)
  room.lastMsgNo += 1
  const msgNo = room.lastMsgNo
  const { seq, ts } = state.append(
    roomId,
    room,
    { type: 'message:created', actor, msgNo, clientMsgId, data: body },
    fingerprint,
  )
  state.messages.set(pairKey(roomId, seq), {
    authorId: actor.id,
    version: 0,
    deleted: false,
    body,
    editedAt: null,
    deletedAt: null,
  })
  for (const userId of body.mentions ?? []) {
    const isOther = userId !== actor.id && activeMember(state, roomId, userId) !== undefined
    if (isOther) state.newMentions.push({ roomId, userId, seq })
  }
  return { seq, msgNo, ts }
}
