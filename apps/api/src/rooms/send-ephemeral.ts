import { ParleyError, type Actor, type Fact, type MessageSend } from '@parley/message-schema'
import type { BlockStore } from '../db/users/block-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { TellUser } from '../news/tell-user.ts'
import { refuseBlocked } from './refuse-blocked.ts'
import { requirePermission } from './require-standing.ts'

export interface EphemeralDraft extends Pick<MessageSend, 'text' | 'payload'> {
  /** Who sees it. */
  readonly userId: string
}

export interface SendEphemeralPorts {
  readonly members: Pick<MemberStore, 'standing' | 'find'>
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  /** The text as the word list lets it be, for those who are not exempt. Throws `REJECTED`. */
  readonly heedWords: (text: string) => string
  readonly tellUser: TellUser
  readonly now: () => Date
}

export interface SendEphemeral {
  readonly asMember: (callerId: string, roomId: string, draft: EphemeralDraft) => Promise<void>
  /** A backend: as a bot, or as the system. */
  readonly asServer: (from: Actor, roomId: string, draft: EphemeralDraft) => Promise<void>
}

/** Told once, to whom it is for, on the devices that are connected now. It is stored nowhere. */
export function createSendEphemeral(ports: SendEphemeralPorts): SendEphemeral {
  const { members, blocks, heedWords, tellUser, now } = ports

  async function requireReader(roomId: string, userId: string): Promise<void> {
    const standing = await members.standing(roomId, userId)
    if (standing?.member?.isActive === true) return
    throw new ParleyError('NOT_FOUND', { message: 'userId: this person is not in the room.' })
  }

  function tell(from: Actor, roomId: string, { userId, text, payload }: EphemeralDraft): void {
    const fact: Fact<'message:ephemeral'> = {
      roomId,
      from,
      ...(text !== undefined && { text }),
      ...(payload !== undefined && { payload }),
      ts: now().toISOString(),
    }
    tellUser(userId, 'message:ephemeral', fact)
  }

  /** Whether the caller is free of the word list. */
  async function requireVoice(callerId: string, roomId: string): Promise<boolean> {
    const at = await requirePermission(members, roomId, callerId, 'message:ephemeral')
    if (at.archived) throw new ParleyError('ROOM_ARCHIVED')
    const until = (await members.find(roomId, callerId))?.mutedUntil ?? null
    if (until !== null && new Date(until) > now()) {
      throw new ParleyError('MUTED', { details: { until } })
    }
    return at.member.permissions.has('moderation:exempt')
  }

  return {
    async asMember(callerId, roomId, draft) {
      const isExempt = await requireVoice(callerId, roomId)
      await requireReader(roomId, draft.userId)
      await refuseBlocked(blocks, callerId, [draft.userId])
      const { text } = draft
      const heeded = isExempt || text === undefined ? draft : { ...draft, text: heedWords(text) }
      tell({ id: callerId, kind: 'user' }, roomId, heeded)
    },
    async asServer(from, roomId, draft) {
      await requireReader(roomId, draft.userId)
      tell(from, roomId, draft)
    },
  }
}
