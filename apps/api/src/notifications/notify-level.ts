import { LIMITS, type NotifyLevel, type QuietHours, type RoomKind } from '@parley/message-schema'

/** What a person chose, in general and for one room, and what the room is. */
export interface LevelFacts {
  readonly kind: RoomKind
  readonly memberCount: number
  readonly roomLevel: NotifyLevel | null
  readonly directLevel: NotifyLevel | null
  /** For this room; `null` follows the general one. */
  readonly level: NotifyLevel | null
}

export const DEFAULT_ROOM_LEVEL: NotifyLevel = 'mentions'
export const DEFAULT_DIRECT_LEVEL: NotifyLevel = 'all'

/** In large rooms nobody is told of everything; `features.notifyAll` of the room says so. */
export function effectiveLevel(facts: LevelFacts): NotifyLevel {
  const general =
    facts.kind === 'room'
      ? (facts.roomLevel ?? DEFAULT_ROOM_LEVEL)
      : (facts.directLevel ?? DEFAULT_DIRECT_LEVEL)
  const level = facts.level ?? general
  return level === 'all' && facts.memberCount > LIMITS.notifyAllMembers ? 'mentions' : level
}

/** In minutes of the day. */
export interface QuietMinutes {
  readonly timeZone: string
  readonly from: number
  readonly to: number
}

export function toMinutes({ timeZone, from, to }: QuietHours): QuietMinutes {
  return { timeZone, from: minuteOf(from), to: minuteOf(to) }
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

export const toQuietHours = ({ timeZone, from, to }: QuietMinutes): QuietHours => ({
  timeZone,
  from: timeOf(from),
  to: timeOf(to),
})

/** Over midnight too. A zone that this machine does not know is never quiet. */
export function isQuiet(quiet: QuietMinutes | null, now: Date): boolean {
  if (quiet === null) return false
  const minute = minuteInZone(quiet.timeZone, now)
  if (minute === undefined) return false
  return quiet.from < quiet.to
    ? minute >= quiet.from && minute < quiet.to
    : minute >= quiet.from || minute < quiet.to
}

function minuteInZone(timeZone: string, now: Date): number | undefined {
  try {
    const time = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(now)
    return minuteOf(time)
  } catch {
    return undefined
  }
}
