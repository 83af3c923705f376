import type { Event, Room } from '@parley/message-schema'

/** Numbers of `session:ready` from which on something is off in a large room. */
export type RoomLimits = Readonly<Record<string, number>>

export interface InfoChange {
  readonly info: Room
  /** What the event does not tell has changed too: read the room again. */
  readonly mustRead: boolean
}

const same = (info: Room): InfoChange => ({ info, mustRead: false })

/** The room as it stands after one more event of its log. An older one changes nothing. */
export function changeInfo(room: Room, event: Event, myId: string, limits: RoomLimits): InfoChange {
  if (event.seq <= room.head) return same(room)
  const info: Room = { ...room, head: event.seq }
  switch (event.type) {
    case 'message:created':
      return same(event.msgNo === undefined ? info : { ...info, lastMsgNo: event.msgNo })
    case 'room:updated':
      return {
        info: withFacts(info, event.data),
        // What roles may do here is counted by the server.
        mustRead: event.data.roleOverrides !== undefined,
      }
    case 'member:joined':
      return { info: withMembers(info, 1, limits), mustRead: info.kind !== 'room' }
    case 'member:left':
      return { info: withMembers(info, -1, limits), mustRead: info.kind !== 'room' }
    case 'member:updated':
      if (event.data.userId !== myId || info.me === undefined) return same(info)
      return { info: { ...info, me: { ...info.me, role: event.data.role } }, mustRead: true }
    case 'moderation:acted':
      return event.data.userId === myId ? withAct(info, event.data) : same(info)
    case 'message:updated':
    case 'message:deleted':
    case 'reaction:changed':
    case 'pin:changed':
    // Types that this version does not know.
    default:
      return same(info)
  }
}

/** Events that are told again to an answer that is older than they are. */
export const tellsOfRoom = ({ type }: Event): boolean =>
  type.startsWith('member:') || type === 'room:updated' || type === 'moderation:acted'

function withFacts(info: Room, facts: Extract<Event, { type: 'room:updated' }>['data']): Room {
  const { history, slowModeS, retentionDays, roleOverrides, erasedTo: _, ...rest } = facts
  const { deleted: _deleted, ...shown } = rest
  const settings = { history, slowModeS, retentionDays, roleOverrides }
  return {
    ...info,
    ...withoutUndefined(shown),
    settings: { ...info.settings, ...withoutUndefined(settings) },
  }
}

function withMembers(info: Room, by: number, limits: RoomLimits): Room {
  const memberCount = Math.max(0, info.memberCount + by)
  const fits = (limit: string, was: boolean): boolean => {
    const most = limits[limit]
    return most === undefined ? was : memberCount <= most
  }
  const { typing, readReceipts, notifyAll } = info.features
  const isPeople = fits('receiptMembers', readReceipts === 'people')
  return {
    ...info,
    memberCount,
    features: {
      typing: fits('typingMembers', typing),
      readReceipts: isPeople ? 'people' : 'counts',
      notifyAll: fits('notifyAllMembers', notifyAll),
    },
  }
}

function withAct(
  info: Room,
  { action, until }: Extract<Event, { type: 'moderation:acted' }>['data'],
): InfoChange {
  if (info.me === undefined || (action !== 'mute' && action !== 'unmute')) return same(info)
  const mutedUntil = action === 'unmute' ? null : (until ?? info.me.mutedUntil)
  // Only the server knows how it says that there is no end.
  const mustRead = action === 'mute' && until === undefined
  return { info: { ...info, me: { ...info.me, mutedUntil } }, mustRead }
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Defined<Fields>
}
