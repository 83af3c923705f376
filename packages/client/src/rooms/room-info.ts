import type { Event, EventOf, Room } from '@parley/message-schema'

/** Numbers of `session:ready` from which on something is off in a large room. */
export type RoomLimits = Readonly<Record<string, number>>

/** The room as it stands after one more event of its log. An older one changes nothing. */
export function changeInfo(room: Room, event: Event, myId: string, limits: RoomLimits): Room {
  if (event.seq <= room.head) return room
  const info: Room = { ...room, head: event.seq }
  if (event.type === 'message:created') return { ...info, lastMsgNo: event.msgNo ?? info.lastMsgNo }
  if (event.type === 'room:updated') return withFacts(info, event.data)
  if (event.type === 'member:left') return withMembers(info, -1, limits)
  const isMe = 'userId' in event.data && event.data.userId === myId
  const mine =
    isMe && info.me !== undefined ? { ...info, me: { ...info.me, ...changeOfMe(event) } } : info
  return event.type === 'member:joined' ? withMembers(mine, 1, limits) : mine
}

/** Whether the event has changed what it does not tell, if it is newer than `room`: read it again. */
export function mustReadAgain({ head, kind }: Room, event: Event, myId: string): boolean {
  const { type, data, seq } = event
  if (seq <= head) return false
  // What roles may do here is counted by the server.
  if (type === 'room:updated') return data.roleOverrides !== undefined
  if (type === 'member:left') return kind !== 'room'
  if (type === 'member:joined') return data.userId === myId || kind !== 'room'
  if (type === 'member:updated') return data.userId === myId
  if (type !== 'moderation:acted' || data.userId !== myId) return false
  // Only the server knows how it says that there is no end.
  return data.action === 'mute' && data.until === undefined
}

/** Events that are told again to an answer that is older than they are. */
export const tellsOfRoom = ({ type }: Event): boolean => /^(member|room|moderation):/.test(type)

function changeOfMe({ type, data }: Event): Partial<NonNullable<Room['me']>> {
  if (type === 'member:joined' || type === 'member:updated') return { role: data.role }
  if (type !== 'moderation:acted') return {}
  if (data.action === 'unmute') return { mutedUntil: null }
  return data.action === 'mute' && data.until !== undefined ? { mutedUntil: data.until } : {}
}

function withFacts(info: Room, facts: EventOf<'room:updated'>['data']): Room {
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
  const fits = (limit: string, was: boolean): boolean =>
    limits[limit] === undefined ? was : memberCount <= limits[limit]
  const { typing, readReceipts, notifyAll } = info.features
  return {
    ...info,
    memberCount,
    features: {
      typing: fits('typingMembers', typing),
      readReceipts: fits('receiptMembers', readReceipts === 'people') ? 'people' : 'counts',
      notifyAll: fits('notifyAllMembers', notifyAll),
    },
  }
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Defined<Fields>
}
