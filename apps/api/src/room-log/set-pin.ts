import { LIMITS, ParleyError, type LogCommandOf, type StateSet } from '@parley/message-schema'
import { requireActor, requirePermission, requireVoice } from './authority.ts'
import { pairKey, type BatchState } from './batch-state.ts'
import { requireMessage } from './edit-message.ts'

/** By state, as reactions are. */
export function setPin(
  state: BatchState,
  { roomId, actor, seq, on }: LogCommandOf<'pin:set'>,
): StateSet {
  const at = requireActor(state, roomId, actor)
  const { room, member } = at
  requireMessage(state, roomId, seq, member?.visibleFrom ?? 1)
  const pin = pairKey(roomId, seq)
  const there = state.pins.get(pin)
  if (on === (there !== undefined)) return there === undefined ? {} : { seq: there }
  requireVoice(state, roomId, actor, at)
  requirePermission(state, at, 'message:pin')

  const count = state.pinCounts.get(roomId) ?? 0
  if (on && count >= LIMITS.pinsPerRoom) {
    throw new ParleyError('TOO_LARGE', {
      message: `A room has at most ${LIMITS.pinsPerRoom} pinned messages.`,
    })
  }
  const event = state.append(roomId, room, { type: 'pin:changed', actor, ref: seq, data: { on } })
  if (on) state.pins.set(pin, event.seq)
  else state.pins.delete(pin)
  state.pinCounts.set(roomId, count + (on ? 1 : -1))
  state.changedPins.set(pin, { roomId, seq, pinnedBy: actor.id })
  return { seq: event.seq }
}
