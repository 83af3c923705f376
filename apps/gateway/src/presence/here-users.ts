import { writeEntry, type OwnPresence } from '@parley/message-schema'
import type { Session } from '../sessions/session.ts'

export interface HereUsersPorts {
  /** So long somebody who left may come back without anybody noticing. */
  readonly graceMs: number
  /** Something is to be written. */
  readonly changed: () => void
  /** They were there for others until then. */
  readonly seen: (userId: string, atMs: number) => void
}

/** What others are to be told of a user of this gateway. */
export interface PresenceChange {
  /** What is written for it now; `null` for somebody who is gone. */
  readonly entry: string | null
  /** Who watches is to look; else it concerns nobody who watches. */
  readonly tell: boolean
  /** When they left, of somebody who was seen leaving. */
  readonly seenAtMs?: number
}

interface HereUser {
  readonly sessions: Set<Session>
  /** Of these, those that are; few people ever have any. */
  idle: Set<Session> | undefined
  chosen: OwnPresence
  leftAtMs: number | undefined
  /** When it was last noted that they are here. */
  notedAtMs: number
}

const NOTE_EVERY_MS = 5 * 60_000
const NOTE_AGAIN_MS = 60_000

/**
 * Who is on this gateway, and how they are. Whoever leaves stays for a while, marked, so that a
 * connection that breaks and comes back is nothing that others see. What a user chose is known before
 * they are here: somebody invisible is never seen for a moment.
 */
export class HereUsers {
  readonly #ports: HereUsersPorts
  readonly #users = new Map<string, HereUser>()
  readonly #leaving = new Set<string>()
  #changes = new Map<string, PresenceChange>()

  constructor(ports: HereUsersPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#users.size
  }

  has(userId: string): boolean {
    return this.#users.has(userId)
  }

  arrived(session: Session, chosen: OwnPresence): void {
    const { userId } = session
    const before = this.#users.get(userId)
    const user: HereUser = before ?? {
      sessions: new Set(),
      idle: undefined,
      chosen,
      leftAtMs: undefined,
      notedAtMs: 0,
    }
    const shown = before === undefined ? undefined : shownOf(before)
    user.sessions.add(session)
    user.leftAtMs = undefined
    user.chosen = chosen
    this.#leaving.delete(userId)
    this.#users.set(userId, user)
    this.#note(userId, user, shown !== shownOf(user))
  }

  left(session: Session, nowMs: number): void {
    const user = this.#users.get(session.userId)
    if (user === undefined || !user.sessions.has(session)) return
    const shown = shownOf(user)
    user.sessions.delete(session)
    if (user.sessions.size > 0) user.idle?.delete(session)
    else {
      user.leftAtMs = nowMs
      this.#leaving.add(session.userId)
    }
    this.#note(session.userId, user, shown !== shownOf(user))
  }

  setIdle(session: Session, isIdle: boolean): void {
    const user = this.#users.get(session.userId)
    if (user === undefined || !user.sessions.has(session)) return
    const shown = shownOf(user)
    if (isIdle) (user.idle ??= new Set()).add(session)
    else user.idle?.delete(session)
    if (shown !== shownOf(user)) this.#note(session.userId, user, true)
  }

  chose(userId: string, chosen: OwnPresence, nowMs: number): void {
    const user = this.#users.get(userId)
    if (user === undefined || user.chosen.version >= chosen.version) return
    const becomesInvisible = user.chosen.status !== 'invisible' && chosen.status === 'invisible'
    user.chosen = chosen
    // From here on nothing tells that they are there, the time of their leaving included.
    if (becomesInvisible) this.#ports.seen(userId, nowMs)
    this.#note(userId, user, true)
  }

  /** Those whose time to come back is over are gone; of some it is noted that they are still here. */
  tick(nowMs: number): void {
    for (const userId of this.#leaving) {
      const user = this.#users.get(userId)
      if (user?.leftAtMs === undefined || nowMs - user.leftAtMs < this.#ports.graceMs) continue
      this.#leaving.delete(userId)
      this.#users.delete(userId)
      const isSeen = user.chosen.status !== 'invisible'
      const seen = isSeen ? { seenAtMs: user.leftAtMs } : {}
      this.#changes.set(userId, { entry: null, tell: true, ...seen })
      this.#ports.changed()
      if (isSeen && user.leftAtMs - user.notedAtMs >= NOTE_AGAIN_MS) {
        this.#ports.seen(userId, user.leftAtMs)
      }
    }
  }

  /** Who dies with this gateway was last seen a few minutes ago at most. */
  noteHere(nowMs: number): void {
    for (const [userId, user] of this.#users) {
      const isDue = nowMs - user.notedAtMs >= NOTE_EVERY_MS && user.leftAtMs === undefined
      if (!isDue || user.chosen.status === 'invisible') continue
      user.notedAtMs = nowMs
      this.#ports.seen(userId, nowMs)
    }
  }

  /** Nobody here can be waited for any more. */
  noteLeaving(): void {
    for (const [userId, { leftAtMs, chosen }] of this.#users) {
      if (leftAtMs !== undefined && chosen.status !== 'invisible')
        this.#ports.seen(userId, leftAtMs)
    }
  }

  /** What has changed since the last call. */
  takeChanges(): ReadonlyMap<string, PresenceChange> {
    const changes = this.#changes
    this.#changes = new Map()
    return changes
  }

  /** All that there is to say. */
  entries(): Map<string, string> {
    return new Map(Array.from(this.#users, ([userId, user]) => [userId, entryOf(user)]))
  }

  #note(userId: string, user: HereUser, tell: boolean): void {
    const isTold = tell || this.#changes.get(userId)?.tell === true
    this.#changes.set(userId, { entry: entryOf(user), tell: isTold })
    this.#ports.changed()
  }
}

const isIdle = ({ sessions, idle }: HereUser): boolean =>
  idle !== undefined && idle.size > 0 && [...sessions].every((session) => idle.has(session))

function entryOf(user: HereUser): string {
  const { status, text, version } = user.chosen
  const leaving = user.leftAtMs !== undefined
  return writeEntry({ status, text, version, idle: isIdle(user), leaving })
}

/** What others see of the entry. Going does not change it: who leaves idle is idle until gone. */
function shownOf(user: HereUser): string {
  const { status, text, version } = user.chosen
  return writeEntry({ status, text, version, idle: isIdle(user), leaving: false })
}
