import {
  invalid,
  ParleyError,
  type LogCommandOf,
  type ModerationAction,
  type Permission,
} from '@parley/message-schema'
import { requireActor, requireOutranks, requirePermission, type Standing } from './authority.ts'
import { pairKey, type BatchState, type MemberState } from './batch-state.ts'
import { removeMember } from './change-members.ts'
import { activeMember, FOR_EVER } from './membership.ts'

type Moderate = LogCommandOf<'moderation:act'>

const NEEDED: Record<ModerationAction, Permission> = {
  mute: 'moderation:mute',
  unmute: 'moderation:mute',
  ban: 'moderation:ban',
  unban: 'moderation:ban',
  kick: 'members:remove',
}

/** Somebody who is banned before they ever came: no member, and nothing is visible to them. */
const neverIn = (now: Date): MemberState => ({
  role: 'member',
  joinedSeq: 0,
  leftSeq: 0,
  visibleFrom: 1,
  readSeq: 0,
  readMsgNo: 0,
  joinedAt: now,
  mutedUntil: null,
  bannedUntil: null,
  lastSentAt: null,
})

function requireMay(state: BatchState, { roomId, actor, action, userId }: Moderate): Standing {
  const at = requireActor(state, roomId, actor)
  requirePermission(state, at, NEEDED[action])
  if (at.room.kind !== 'room') {
    throw new ParleyError('FORBIDDEN', {
      message: 'Nobody moderates a conversation between people: block them instead.',
    })
  }
  if (actor.id === userId && actor.kind !== 'system') {
    throw new ParleyError('FORBIDDEN', { message: 'One does not do this to oneself.' })
  }
  const target = state.members.get(pairKey(roomId, userId))
  if (target !== undefined && target.leftSeq === null) requireOutranks(state, at, target)
  return at
}

/** Changes what is so, and says whether that changed anything. */
function change(state: BatchState, command: Moderate): boolean {
  const { roomId, action, userId } = command
  const key = pairKey(roomId, userId)
  const until = command.until === undefined ? FOR_EVER : new Date(command.until)
  if (until <= state.now && (action === 'mute' || action === 'ban')) {
    throw invalid('until', 'must be in the future')
  }
  const member = state.members.get(key)
  const requireThere = (): MemberState => {
    const there = activeMember(state, roomId, userId)
    if (there !== undefined) return there
    throw new ParleyError('NOT_FOUND', { message: 'This person is not in the room.' })
  }
  const put = (
    field: 'mutedUntil' | 'bannedUntil',
    of: MemberState,
    value: Date | null,
  ): boolean => {
    if (of[field]?.getTime() === value?.getTime()) return false
    of[field] = value
    state.members.set(key, of)
    state.changedMembers.add(key)
    return true
  }
  switch (action) {
    case 'mute':
      return put('mutedUntil', requireThere(), until)
    case 'unmute':
      return member !== undefined && put('mutedUntil', member, null)
    case 'ban':
      return put('bannedUntil', member ?? neverIn(state.now), until)
    case 'unban':
      return member !== undefined && put('bannedUntil', member, null)
    case 'kick':
      return requireThere().leftSeq === null
  }
}

/** Kick and ban end the membership in the same transaction: the very next message is refused. */
export function moderate(state: BatchState, command: Moderate): { seq?: number } {
  const { roomId, actor, action, userId, until, reason } = command
  const { room } = requireMay(state, command)
  if (!change(state, command)) return {}
  const { seq } = state.append(roomId, room, {
    type: 'moderation:acted',
    actor,
    data: {
      action,
      userId,
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
    },
  })
  const removes = action === 'kick' || action === 'ban'
  if (removes && activeMember(state, roomId, userId) !== undefined) {
    removeMember(state, roomId, room, actor, userId, action === 'ban' ? 'banned' : 'removed')
  }
  state.changedUsers.add(userId)
  const details = { ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) }
  state.newAudit.push({ actor, action: `member:${action}`, roomId, targetId: userId, details })
  return { seq }
}
