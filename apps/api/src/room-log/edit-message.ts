import { ParleyError, type LogCommandOf, type MessageEdited } from '@parley/message-schema'
import { requireActor, requirePermission, requireVoice } from './authority.ts'
import { pairKey, type BatchState, type MessageState } from './batch-state.ts'
import { isSealed } from './is-sealed.ts'
import { fingerprintOf } from './fingerprint.ts'
import { heedWords, reportWords } from './heed-words.ts'
import { earlierEvent, refusePrepared } from './once.ts'

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
  const isErased = seq <= (state.rooms.get(roomId)?.erasedTo ?? 0)
  if (message.deleted || isErased) {
    throw new ParleyError('GONE', { message: 'This message was deleted.' })
  }
  return message
}

export function editMessage(
  state: BatchState,
  command: LogCommandOf<'message:edit'>,
): MessageEdited {
  const { roomId, actor, clientMsgId, ifVersion } = command
  const fingerprint = fingerprintOf(command)
  const earlier = earlierEvent(state, command, 'message:updated', fingerprint)
  if (earlier?.type === 'message:updated') {
    return { seq: earlier.seq, version: earlier.data.version, dup: true }
  }
  const at = requireActor(state, roomId, actor)
  const { room, member } = at
  const message = requireMessage(state, roomId, command.seq, member?.visibleFrom ?? 1)
  if (message.authorId !== actor.id) throw new ParleyError('FORBIDDEN')
  requireVoice(state, roomId, actor, at)
  requirePermission(state, at, 'message:edit-own')
  refusePrepared(command)
  if (ifVersion !== undefined && ifVersion !== message.version) {
    throw new ParleyError('CONFLICT', {
      message: `The message is at version ${message.version} by now.`,
      details: { version: message.version },
    })
  }

  const heeded = heedWords(state, at, command)
  const { text, payload } = heeded
  const change = { ...(text !== undefined && { text }), ...(payload !== undefined && { payload }) }
  // Previews belong to the links of the text that they were found in.
  const { previews: _, ...kept } = message.body
  message.version += 1
  message.body = { ...(text === undefined ? message.body : kept), ...change }
  message.editedAt = state.now
  const sealed = isSealed(room, command.seq) && { sealed: true as const }
  const { seq } = state.append(
    roomId,
    room,
    {
      type: 'message:updated',
      actor,
      clientMsgId,
      ref: command.seq,
      data: { version: message.version, ...change, ...sealed },
    },
    fingerprint,
  )
  state.changedMessages.add(pairKey(roomId, command.seq))
  state.newVersions.push({ roomId, seq: command.seq, version: message.version, eventSeq: seq })
  reportWords(state, heeded, command.seq)
  return { seq, version: message.version }
}
