import { LIMITS, ParleyError, type LogCommandOf, type StateSet } from '@parley/message-schema'
import { requireActor, requirePermission, requireVoice } from './authority.ts'
import { pairKey, reactionKey, type BatchState } from './batch-state.ts'
import { requireMessage } from './edit-message.ts'

/** By state: to ask for what is so already changes nothing, and answers the event that set it if it is set. */
export function setReaction(
  state: BatchState,
  { roomId, actor, seq, key, on }: LogCommandOf<'reaction:set'>,
): StateSet {
  const at = requireActor(state, roomId, actor)
  const { room, member } = at
  requireMessage(state, roomId, seq, member?.visibleFrom ?? 1)
  const reaction = reactionKey(roomId, seq, key, actor.id)
  const there = state.reactions.get(reaction)
  if (on === (there !== undefined)) return there === undefined ? {} : { seq: there }
  requireVoice(state, roomId, actor, at)
  requirePermission(state, at, 'message:react')

  const message = pairKey(roomId, seq)
  const counts = state.reactionCounts.get(message) ?? new Map<string, number>()
  const count = counts.get(key) ?? 0
  if (on && count === 0 && counts.size >= LIMITS.reactionKeysPerMessage) {
    throw new ParleyError('TOO_LARGE', {
      message: `A message has at most ${LIMITS.reactionKeysPerMessage} different reactions.`,
    })
  }
  const event = state.append(roomId, room, {
    type: 'reaction:changed',
    actor,
    ref: seq,
    data: { key, on },
  })
  if (on) state.reactions.set(reaction, event.seq)
  else state.reactions.delete(reaction)
  if (on || count > 1) counts.set(key, count + (on ? 1 : -1))
  else counts.delete(key)
  state.reactionCounts.set(message, counts)
  state.changedReactions.set(reaction, { roomId, seq, key, userId: actor.id })
  return { seq: event.seq }
}
