import { LIMITS, ParleyError, type RoomSign, type TypingSet } from '@parley/message-schema'
import { TokenBuckets } from '@parley/server-kit'
import type { LocalUser } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'

export interface SaySignsPorts {
  readonly user: (userId: string) => LocalUser | undefined
  readonly memberCount: (roomId: string) => number | undefined
  /** The room, or this member of it, may not write now. */
  readonly isSilenced: (roomId: string, userId: string) => boolean
  /** To this gateway at once, to the others as far as Redis takes it. */
  readonly say: (sign: Omit<RoomSign, 'from'>) => void
}

const KEPT = 100_000
/** Who says it every three seconds is sometimes early by what the network makes of it. */
const PACE_MS = LIMITS.typingEveryMs - 500

/** What the users of this gateway say outside the log: who may, how often, and when it is over. */
export class SaySigns {
  readonly #ports: SaySignsPorts
  readonly #typing = new Map<Session, Set<string>>()
  readonly #pace = new TokenBuckets({ perSecond: 1_000 / PACE_MS, burst: 1 }, KEPT)

  constructor(ports: SaySignsPorts) {
    this.#ports = ports
  }

  /** Throws `ParleyError`. Ignores without a word what others are not to know of. */
  setTyping(session: Session, { roomId, on, threadId }: TypingSet, nowMs: number): void {
    const { userId } = session
    const subscription = session.subscriptions.get(roomId)
    // The same for a room that there is not: a private one does not exist for a stranger.
    if (subscription === undefined) throw new ParleyError('NOT_MEMBER')
    if (!on) {
      this.#stop(session, roomId)
      return
    }
    const waitMs = this.#pace.take(`${roomId} ${userId}`, nowMs)
    if (waitMs > 0) throw new ParleyError('RATE_LIMITED', { retryAfterMs: waitMs })
    // Also while what they are handed is held: a `sync` is no reason to lose what they do.
    if (!this.#mayType(roomId, userId)) return
    const rooms = this.#typing.get(session) ?? new Set()
    this.#typing.set(session, rooms.add(roomId))
    const thread = threadId === undefined ? {} : { threadId }
    this.#ports.say({ roomId, typing: { userId, on, ...thread } })
  }

  /** After the cursor moved forward, durably. */
  setRead(userId: string, roomId: string, readSeq: number): void {
    const isSmall = (this.#ports.memberCount(roomId) ?? 0) <= LIMITS.receiptMembers
    if (!isSmall || this.#ports.user(userId)?.presence?.readReceipts !== true) return
    this.#ports.say({ roomId, read: { userId, readSeq } })
  }

  /** Whoever goes does not type. */
  ended(session: Session): void {
    for (const roomId of this.#typing.get(session) ?? []) this.#stop(session, roomId)
  }

  #mayType(roomId: string, userId: string): boolean {
    const presence = this.#ports.user(userId)?.presence
    if (presence?.typing !== true || presence.status === 'invisible') return false
    if ((this.#ports.memberCount(roomId) ?? 0) > LIMITS.typingMembers) return false
    return !this.#ports.isSilenced(roomId, userId)
  }

  #stop(session: Session, roomId: string): void {
    const rooms = this.#typing.get(session)
    if (rooms?.delete(roomId) !== true) return
    if (rooms.size === 0) this.#typing.delete(session)
    this.#ports.say({ roomId, typing: { userId: session.userId, on: false } })
  }
}
