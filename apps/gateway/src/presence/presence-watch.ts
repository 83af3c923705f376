import type { AudienceAsk, PresenceEntry, PresenceState, Watchable } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { Session } from '../sessions/session.ts'
import { KnownStates } from './known-states.ts'
import { WatchList, type MaySee } from './watch-list.ts'

export interface PresenceWatchPorts {
  /** Rejects while nobody knows. Those who are nowhere are absent. */
  readonly readEntries: (
    userIds: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly PresenceEntry[]>>
  readonly findWatchable: (ask: AudienceAsk) => Promise<readonly Watchable[]>
  readonly follow: (userIds: readonly string[]) => void
  readonly unfollow: (userIds: readonly string[]) => void
  readonly doubtMs: number
  readonly logger: Logger
}

/** Asked again in one tick, so that many who are to be asked again do not ask at once. */
const SESSIONS_A_TICK = 20
const ASK_AGAIN_MS = 10 * 60_000

/**
 * What sessions see of the users that they watch. Hints say only that something may have changed;
 * what it is, is read, once a tick for all, and told as it differs from what was told before.
 */
export class PresenceWatch {
  readonly #ports: PresenceWatchPorts
  readonly #list: WatchList
  readonly #known: KnownStates
  readonly #dirty = new Set<string>()
  /** May see what they were told they may: in the order in which they were asked about last. */
  readonly #askedAtMs = new Map<Session, number>()
  readonly #askAgain = new Map<Session, Set<string>>()
  readonly #untold = new Map<Session, Map<string, PresenceState>>()
  readonly #latest = new WeakMap<Session, object>()

  constructor(ports: PresenceWatchPorts) {
    this.#ports = ports
    this.#known = new KnownStates(ports.doubtMs)
    this.#list = new WatchList({
      follow: ports.follow,
      unfollow: (userIds) => {
        for (const userId of userIds) {
          this.#known.forget(userId)
          this.#dirty.delete(userId)
        }
        ports.unfollow(userIds)
      },
    })
  }

  get size(): number {
    return this.#list.size
  }

  /**
   * How these people are now: they are told when they change. Who is not answered for is not known of
   * now, and is told of later. Rejects if it cannot be had who may be watched.
   */
  async subscribe(session: Session, userIds: readonly string[]): Promise<PresenceState[]> {
    const wanted = [...new Set(userIds)]
    const turn = {}
    this.#latest.set(session, turn)
    const before = this.#list.watchedBy(session)
    const asked = wanted.filter((userId) => !before.has(userId))
    const answers = await this.#ask(session, asked)
    if (session.hasEnded || this.#latest.get(session) !== turn) return []
    const current = this.#list.watchedBy(session)
    const watched = new Map(
      wanted.flatMap((userId): [string, MaySee][] => {
        const maySee = answers.get(userId) ?? current.get(userId)
        return maySee === undefined ? [] : [[userId, maySee]]
      }),
    )
    this.#list.set(session, watched)
    this.#askedAtMs.set(session, this.#askedAtMs.get(session) ?? Date.now())
    await this.#readNow(wanted.filter((userId) => this.#known.get(userId) === undefined))
    // What is answered here need not be told again.
    if (this.#latest.get(session) === turn) this.#untold.delete(session)
    return wanted.flatMap((userId) => this.#view(session, userId) ?? [])
  }

  ended(session: Session): void {
    this.#list.set(session, new Map())
    this.#askedAtMs.delete(session)
    this.#askAgain.delete(session)
    this.#untold.delete(session)
  }

  /** Something about the user has changed, or may have been missed. */
  look(userIds: Iterable<string>): void {
    for (const userId of userIds) if (this.#list.has(userId)) this.#dirty.add(userId)
  }

  lookAtAll(): void {
    this.look(this.#list.userIds())
  }

  left(userId: string, atMs: number): void {
    if (!this.#list.has(userId)) return
    this.#known.left(userId, atMs)
    this.#dirty.add(userId)
  }

  /** Who may watch the user may have changed. */
  doubtAudienceOf(userId: string): void {
    for (const session of this.#list.watchersOf(userId)) this.#askAbout(session, [userId])
  }

  /** Whom this session may watch may have changed. */
  doubtWatcher(session: Session): void {
    this.#askAbout(session, this.#list.watchedBy(session).keys())
  }

  /** News was not heard for a while: everybody is asked about again, a few at a time. */
  doubtEverything(): void {
    for (const session of this.#askedAtMs.keys()) this.#askedAtMs.set(session, 0)
    this.lookAtAll()
  }

  /** Once a second. Never rejects. */
  async tick(nowMs: number): Promise<void> {
    try {
      await this.#askDoubted(nowMs)
      for (const userId of this.#known.doubted(nowMs)) this.#dirty.add(userId)
      const userIds = [...this.#dirty]
      this.#dirty.clear()
      await this.#readNow(userIds)
    } catch (error) {
      this.#ports.logger.debug({ err: error }, 'could not look at presence')
    }
    this.#tell()
  }

  /** Those that cannot be read now are dirty still. */
  async #readNow(userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return
    try {
      const entries = await this.#ports.readEntries(userIds)
      const nowMs = Date.now()
      for (const userId of userIds) {
        if (!this.#list.has(userId)) continue
        const isNews = this.#known.learn(userId, entries.get(userId) ?? [], nowMs)
        if (isNews) this.#tellWatchersOf(userId)
      }
    } catch (error) {
      this.look(userIds)
      this.#ports.logger.debug({ err: error }, 'could not read presence')
    }
  }

  async #ask(session: Session, userIds: readonly string[]): Promise<Map<string, MaySee>> {
    if (userIds.length === 0) return new Map()
    const answers = await this.#ports.findWatchable({
      watcherId: session.userId,
      userIds: [...userIds],
    })
    return new Map(answers.map(({ userId, ...maySee }) => [userId, maySee]))
  }

  #askAbout(session: Session, userIds: Iterable<string>): void {
    const again = this.#askAgain.get(session) ?? new Set()
    for (const userId of userIds) again.add(userId)
    if (again.size > 0) this.#askAgain.set(session, again)
  }

  async #askDoubted(nowMs: number): Promise<void> {
    let due = SESSIONS_A_TICK
    for (const [session, askedAtMs] of this.#askedAtMs) {
      if (nowMs - askedAtMs < ASK_AGAIN_MS || due === 0) continue
      due -= 1
      this.#askedAtMs.delete(session)
      this.#askedAtMs.set(session, nowMs)
      this.doubtWatcher(session)
    }
    const asks = [...this.#askAgain].slice(0, 5 * SESSIONS_A_TICK)
    for (const [session] of asks) this.#askAgain.delete(session)
    await Promise.all(
      asks.map(async ([session, userIds]) => {
        try {
          this.#heed(session, await this.#ask(session, [...userIds]))
        } catch (error) {
          if (!session.hasEnded) this.#askAbout(session, userIds)
          throw error
        }
      }),
    )
  }

  #heed(session: Session, answers: ReadonlyMap<string, MaySee>): void {
    const watched = new Map(this.#list.watchedBy(session))
    for (const [userId, maySee] of answers) {
      const before = watched.get(userId)
      if (before === undefined) continue
      watched.set(userId, maySee)
      const isSame = before.presence === maySee.presence && before.lastSeen === maySee.lastSeen
      if (!isSame) this.#leaveUntold(session, userId, watched)
    }
    this.#list.set(session, watched)
  }

  #tellWatchersOf(userId: string): void {
    for (const session of this.#list.watchersOf(userId)) {
      const watched = this.#list.watchedBy(session)
      // Of whom they may not see there is never any news.
      if (watched.get(userId)?.presence === true) this.#leaveUntold(session, userId, watched)
    }
  }

  #leaveUntold(session: Session, userId: string, watched: ReadonlyMap<string, MaySee>): void {
    const state = this.#viewOf(userId, watched.get(userId))
    if (state === undefined) return
    const untold = this.#untold.get(session) ?? new Map<string, PresenceState>()
    untold.set(userId, state)
    this.#untold.set(session, untold)
  }

  #view(session: Session, userId: string): PresenceState | undefined {
    return this.#viewOf(userId, this.#list.watchedBy(session).get(userId))
  }

  #viewOf(userId: string, maySee: MaySee | undefined): PresenceState | undefined {
    if (maySee === undefined) return undefined
    if (!maySee.presence) return { userId, status: 'offline' }
    const known = this.#known.get(userId)
    if (known === undefined || known.state.status !== 'offline') return known?.state
    const lastSeenAt = known.seenAt ?? maySee.lastSeenAt
    return maySee.lastSeen && lastSeenAt !== undefined
      ? { ...known.state, lastSeenAt }
      : known.state
  }

  /** Who reads slowly is told later, and then only what is true by then. */
  #tell(): void {
    for (const [session, states] of this.#untold) {
      if (session.laggingSinceMs !== undefined) continue
      this.#untold.delete(session)
      if (session.hasEnded) continue
      const watched = this.#list.watchedBy(session)
      const told = [...states.values()].filter(({ userId }) => watched.has(userId))
      if (told.length > 0) session.socket.emit('presence', { states: told })
    }
  }
}
