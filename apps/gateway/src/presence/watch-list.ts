import type { Watchable } from '@parley/message-schema'
import type { Session } from '../sessions/session.ts'

/** What one session may see of one user. */
export type MaySee = Pick<Watchable, 'presence' | 'lastSeen' | 'lastSeenAt'>

export interface WatchListPorts {
  /** Users that somebody here watches from now on, or nobody any more. */
  readonly follow: (userIds: readonly string[]) => void
  readonly unfollow: (userIds: readonly string[]) => void
}

/** Which sessions of this gateway watch whom, seen from both sides. */
export class WatchList {
  readonly #ports: WatchListPorts
  readonly #bySession = new Map<Session, ReadonlyMap<string, MaySee>>()
  readonly #byUser = new Map<string, Set<Session>>()

  constructor(ports: WatchListPorts) {
    this.#ports = ports
  }

  /** Users who are watched. */
  get size(): number {
    return this.#byUser.size
  }

  userIds(): string[] {
    return [...this.#byUser.keys()]
  }

  has(userId: string): boolean {
    return this.#byUser.has(userId)
  }

  watchersOf(userId: string): Iterable<Session> {
    return this.#byUser.get(userId) ?? []
  }

  watchedBy(session: Session): ReadonlyMap<string, MaySee> {
    return this.#bySession.get(session) ?? NOBODY
  }

  /** In place of what the session watched before. */
  set(session: Session, watched: ReadonlyMap<string, MaySee>): void {
    const before = this.watchedBy(session)
    if (watched.size > 0) this.#bySession.set(session, watched)
    else this.#bySession.delete(session)
    const added = [...watched.keys()].filter((userId) => !before.has(userId))
    const removed = [...before.keys()].filter((userId) => !watched.has(userId))
    this.#follow(session, added)
    this.#unfollow(session, removed)
  }

  #follow(session: Session, userIds: readonly string[]): void {
    const fresh: string[] = []
    for (const userId of userIds) {
      const watchers = this.#byUser.get(userId)
      if (watchers !== undefined) watchers.add(session)
      else {
        this.#byUser.set(userId, new Set([session]))
        fresh.push(userId)
      }
    }
    if (fresh.length > 0) this.#ports.follow(fresh)
  }

  #unfollow(session: Session, userIds: readonly string[]): void {
    const idle: string[] = []
    for (const userId of userIds) {
      const watchers = this.#byUser.get(userId)
      watchers?.delete(session)
      if (watchers?.size !== 0) continue
      this.#byUser.delete(userId)
      idle.push(userId)
    }
    if (idle.length > 0) this.#ports.unfollow(idle)
  }
}

const NOBODY: ReadonlyMap<string, MaySee> = new Map()
