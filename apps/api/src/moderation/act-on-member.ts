import { invalid, ParleyError, type Actor, type ModerationAction } from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'
import { endOf, type End } from './end-of.ts'

export interface Act extends End {
  readonly roomId: string
  readonly userId: string
  readonly action: ModerationAction
  readonly reason?: string | undefined
}

export interface Acted {
  /** Of the event; absent where nothing was to be changed. */
  readonly seq?: number
  readonly until: string | null
}

/** Whether it may be is decided in the room's log, under its lock. Throws `ParleyError`. */
export type ActOnMember = (actor: Actor, act: Act) => Promise<Acted>

export interface ActOnMemberPorts {
  readonly run: RunCommand
  readonly missingUsers: (ids: readonly string[]) => Promise<string[]>
}

const ENDS = new Set<ModerationAction>(['mute', 'ban'])

export function createActOnMember({ run, missingUsers }: ActOnMemberPorts): ActOnMember {
  return async (actor, { roomId, userId, action, reason, ...end }) => {
    const until = endOf(end, Date.now())
    if (until !== undefined && !ENDS.has(action)) {
      throw invalid('until', 'is for mutes and bans')
    }
    if ((await missingUsers([userId])).length > 0) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
    }
    const { seq } = await run({
      kind: 'moderation:act',
      actor,
      roomId,
      action,
      userId,
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
    })
    return { until: until ?? null, ...(seq !== undefined && { seq }) }
  }
}
