import type { LevelFacts, QuietMinutes } from './notify-level.ts'
import { effectiveLevel, isQuiet } from './notify-level.ts'

/** Why a message concerns somebody: it names them, answers them, or they asked for all. */
export type NotifyReason = 'mention' | 'reply' | 'message'

export interface PendingMessage {
  readonly seq: number
  readonly reason: NotifyReason
  /** Deleted, or erased by retention. */
  readonly isGone: boolean
  readonly isBlocked: boolean
}

/** A person in a room, as it is when it is decided, and not as it was when the message came. */
export interface DuePair {
  readonly userId: string
  readonly roomId: string
  /** `null` for who is a member no more, or for a room that was deleted. */
  readonly member: {
    readonly readSeq: number
    readonly visibleFrom: number
    readonly snoozedUntil: Date | null
  } | null
  readonly levels: LevelFacts
  readonly quiet: QuietMinutes | null
  readonly isDoNotDisturb: boolean
  /** What their devices show now. */
  readonly shown: { readonly from: number; readonly to: number; readonly count: number } | null
  readonly messages: readonly PendingMessage[]
}

/** One notice for all of them. */
export interface Notice {
  readonly seq: number
  readonly reason: NotifyReason
  readonly count: number
  readonly shownFrom: number
}

const STRENGTH: Record<NotifyReason, number> = { mention: 2, reply: 1, message: 0 }

/** The read cursor decides: who has read on any device is told on none. */
export function decideNotice(pair: DuePair, now: Date): Notice | null {
  const { member, shown } = pair
  if (member === null || pair.isDoNotDisturb || isQuiet(pair.quiet, now)) return null
  if (member.snoozedUntil !== null && member.snoozedUntil > now) return null
  const level = effectiveLevel(pair.levels)
  if (level === 'none') return null
  const told = pair.messages.filter(
    ({ seq, reason, isGone, isBlocked }) =>
      !isGone &&
      !isBlocked &&
      seq > member.readSeq &&
      seq >= member.visibleFrom &&
      // What is shown already was handed over twice by the log.
      seq > (shown?.to ?? 0) &&
      (level === 'all' || reason !== 'message'),
  )
  if (told.length === 0) return null
  const reason = told.reduce<NotifyReason>(
    (strongest, message) =>
      STRENGTH[message.reason] > STRENGTH[strongest] ? message.reason : strongest,
    'message',
  )
  const stillShown = shown !== null && member.readSeq < shown.from ? shown : null
  const seqs = told.map(({ seq }) => seq)
  return {
    seq: Math.max(...seqs),
    reason,
    count: told.length + (stillShown?.count ?? 0),
    shownFrom: stillShown?.from ?? Math.min(...seqs),
  }
}
