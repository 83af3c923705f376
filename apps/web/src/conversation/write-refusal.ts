import type { RoomInfo } from '@parley/client'
import { fullWhen } from '../app/time-words.ts'

export interface WriteRefusal {
  readonly name: 'archived' | 'frozen' | 'muted' | 'forbidden' | 'blocked' | 'not-member'
  readonly text: string
  /** Milliseconds since 1970 at which it ends; `null`: not by itself. */
  readonly until: number | null
}

const YEAR_MS = 366 * 86_400_000

const refusal = (name: WriteRefusal['name'], text: string): WriteRefusal => ({
  name,
  text,
  until: null,
})

/** Why one may not write here; `null`: one may. */
export function whyNotWrite(
  info: Pick<RoomInfo, 'me' | 'archived' | 'frozen' | 'kind' | 'peers'>,
  blocked: ReadonlySet<string>,
  now: number,
): WriteRefusal | null {
  const { me, kind, peers = [] } = info
  if (me === undefined) return refusal('not-member', 'You are not a member of this room.')
  if (info.archived) {
    return refusal('archived', 'This room is archived: it can be read, not changed.')
  }
  const [peer] = peers
  if (kind === 'dm' && peer !== undefined && blocked.has(peer.id)) {
    return refusal('blocked', `You have blocked ${peer.displayName}.`)
  }
  const until = me.mutedUntil === null ? 0 : Date.parse(me.mutedUntil)
  if (until > now) {
    const isLong = until - now > YEAR_MS
    const end = isLong ? '' : ` until ${fullWhen(until)}`
    const text = `A moderator has muted you in this room${end}. You can read on.`
    return { name: 'muted', text, until }
  }
  if (info.frozen && !me.permissions.includes('moderation:exempt')) {
    return refusal('frozen', 'This room is frozen: only its moderators can write now.')
  }
  if (me.permissions.includes('message:send')) return null
  return refusal('forbidden', 'Your role in this room does not allow you to write.')
}

/** Milliseconds until one may write again. What has no place in the log yet has a time of this device: never longer. */
export function slowModeLeft(slowModeS: number, lastAt: number | null, now: number): number {
  const wholeMs = slowModeS * 1_000
  return lastAt === null ? 0 : Math.min(wholeMs, Math.max(0, lastAt + wholeMs - now))
}
