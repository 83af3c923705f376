import { ParleyError, type LogCommandOf } from '@parley/message-schema'
import { requireActor } from './authority.ts'
import { pairKey, type BatchState } from './batch-state.ts'
import { isSealed } from './is-sealed.ts'
import { findLinks } from './find-links.ts'

/**
 * Lays over a message what the pages behind its links say of themselves. The version stays: nobody
 * has edited anything. A message that is gone, or a link that was edited away since the page was
 * asked, changes nothing.
 */
export function previewMessage(
  state: BatchState,
  command: LogCommandOf<'message:preview'>,
): { seq?: number } {
  const { roomId, actor } = command
  if (actor.kind !== 'system') throw new ParleyError('FORBIDDEN')
  const { room } = requireActor(state, roomId, actor)
  const message = state.messages.get(pairKey(roomId, command.seq))
  if (message === undefined || message.deleted || command.seq <= room.erasedTo) return {}

  const links = findLinks(message.body.text)
  const previews = command.previews.filter(({ url }) => links.includes(url))
  const isSame = JSON.stringify(previews) === JSON.stringify(message.body.previews ?? [])
  if (isSame) return {}

  message.body = { ...message.body, previews }
  const sealed = isSealed(room, command.seq) && { sealed: true as const }
  const { seq } = state.append(roomId, room, {
    type: 'message:updated',
    actor,
    ref: command.seq,
    data: { version: message.version, previews, ...sealed },
  })
  state.changedMessages.add(pairKey(roomId, command.seq))
  state.newPreviews.push({ roomId, seq: command.seq, eventSeq: seq })
  return { seq }
}
