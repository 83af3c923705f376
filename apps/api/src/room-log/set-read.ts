import { ParleyError, type LogCommandOf } from '@parley/message-schema'
import { pairKey, type BatchState } from './batch-state.ts'
import { requireMember } from './membership.ts'

/** C6: forward never goes back; `set` may, to mark unread. Unread counts are read after the write. */
export function setRead(state: BatchState, command: LogCommandOf<'read:set'>): { readSeq: number } {
  const { roomId, actor, upTo, mode = 'forward' } = command
  const { room, member } = requireMember(state, roomId, actor.id)
  if (upTo > room.head) {
    throw new ParleyError('CURSOR_AHEAD', {
      message: `The head of the room is ${room.head}.`,
      details: { head: room.head },
    })
  }
  const readSeq = mode === 'set' ? upTo : Math.max(member.readSeq, upTo)
  if (readSeq !== member.readSeq) {
    member.readSeq = readSeq
    // What one may not see is not counted as unread either.
    member.readMsgNo = state.msgNoUpTo(roomId, Math.max(readSeq, member.visibleFrom - 1))
    state.changedReads.add(pairKey(roomId, actor.id))
  }
  return { readSeq }
}
