import type { OwnPresence, UserAsk, UserRoom, UserState, UserStates } from '@parley/message-schema'
import { SmartBatch, type Logger } from '@parley/server-kit'
import type { RoomFeeds } from '../room-feed/room-feeds.ts'
import { readInTime } from './read-in-time.ts'
import type { Session } from './session.ts'
import { standingsOf, type Standings } from './standings.ts'

export interface LocalUser {
  readonly id: string
  readonly sessions: Set<Session>
  version: number
  /** Each room that they are in, with the event of their joining: no more, since there are many of them. */
  rooms: Map<string, number>
  standings: Standings | undefined
  /** Until it was read, nobody is told that they are here. */
  presence: OwnPresence | undefined
  /** Changes of one user are made one after the other. */
  applying: Promise<void>
}

/** A session that begins, with what its token says of a user of the host application. */
export interface Beginning {
  readonly session: Session
  readonly host: UserAsk['host']
}

/** Somebody that MySQL is asked for. With `host` it creates them, or refuses who is not the host's. */
interface Load {
  readonly id: string
  readonly host: UserAsk['host']
}

export interface LocalUsersPorts {
  readonly feeds: RoomFeeds
  readonly fetchStates: (users: readonly UserAsk[]) => Promise<UserStates>
  readonly noteEpoch: (epoch: number) => void
  /** Resolves when the feeds of these rooms are where the log was when it was asked. */
  readonly bringUpToDate: (roomIds: readonly string[]) => Promise<void>
  /** Hands over what the room has said since the user joined, then what it says from now on. */
  readonly startInRoom: (session: Session, room: UserRoom) => Promise<void>
  /** What MySQL says of the user was read and is heeded. */
  readonly refreshed?: (user: LocalUser, state: UserState) => void
  /** Who comes so soon after others were asked for waits for those who come next: many come at once, or few. */
  readonly gatherMs: number
  readonly logger: Logger
}

const USERS_AT_ONCE = 500
/** What was read was older than all that is remembered of the room: it is read again, a little later. */
const ASK_AGAIN_MS = 100
const QUEUED_USERS = 50_000
/** Rooms that somebody is out of are read to where they left within this, or cut off as they are. */
const PARTING_MS = 5_000

/** The users with sockets here, what MySQL says of them, and their sessions' part in rooms. */
export class LocalUsers {
  readonly #ports: LocalUsersPorts
  readonly #users = new Map<string, LocalUser>()
  readonly #sessionsInRoom = new Map<string, number>()
  readonly #loads: SmartBatch<Load, UserState | 'refused'>
  #askedAtMs = 0

  constructor(ports: LocalUsersPorts) {
    this.#ports = ports
    const { gatherMs } = ports
    this.#loads = new SmartBatch({
      run: (loads) => this.#fetch(loads),
      maxBatch: USERS_AT_ONCE,
      maxQueued: QUEUED_USERS,
      patience: () => (Date.now() - this.#askedAtMs < gatherMs ? gatherMs : 0),
    })
  }

  get(userId: string): LocalUser | undefined {
    return this.#users.get(userId)
  }

  get size(): number {
    return this.#users.size
  }

  get sessionCount(): number {
    let count = 0
    for (const { sessions } of this.#users.values()) count += sessions.size
    return count
  }

  sessionsIn = (roomId: string): number => this.#sessionsInRoom.get(roomId) ?? 0

  hasSessionsIn = (roomId: string): boolean => this.sessionsIn(roomId) > 0

  add(session: Session): LocalUser {
    const user = this.#users.get(session.userId) ?? {
      id: session.userId,
      sessions: new Set<Session>(),
      version: -1,
      rooms: new Map<string, number>(),
      standings: undefined,
      presence: undefined,
      applying: Promise.resolve(),
    }
    user.sessions.add(session)
    this.#users.set(user.id, user)
    return user
  }

  remove(session: Session): void {
    session.hasEnded = true
    for (const roomId of session.subscriptions.keys()) this.unsubscribe(session, roomId)
    const user = this.#users.get(session.userId)
    user?.sessions.delete(session)
    if (user?.sessions.size === 0) this.#users.delete(user.id)
  }

  /**
   * Paused at `pausedAt`: live delivery begins when the session is resumed in the room. `addedAt`: of one
   * that is told so by `room:added`.
   */
  subscribe(session: Session, room: UserRoom, pausedAt = 0, addedAt?: number): void {
    if (session.hasEnded || session.subscriptions.has(room.roomId)) return
    const { visibleFrom } = room
    const begun = { visibleFrom, pausedAt, pauses: 0, syncs: 0, addedAt }
    session.subscriptions.set(room.roomId, begun)
    this.#sessionsInRoom.set(room.roomId, (this.#sessionsInRoom.get(room.roomId) ?? 0) + 1)
  }

  unsubscribe(session: Session, roomId: string): void {
    if (!session.subscriptions.delete(roomId)) return
    session.socket.leave(roomId)
    const left = (this.#sessionsInRoom.get(roomId) ?? 1) - 1
    if (left > 0) this.#sessionsInRoom.set(roomId, left)
    else this.#sessionsInRoom.delete(roomId)
  }

  /**
   * Takes a user's sessions out of a room now: what comes after `seq` is not for them. They may have been read to
   * be in it again since, by somebody whom the feed has still to follow.
   */
  leave(userId: string, roomId: string, seq: number): void {
    const user = this.#users.get(userId)
    if (user === undefined) return
    if ((user.rooms.get(roomId) ?? 0) < seq) user.rooms.delete(roomId)
    for (const session of user.sessions) {
      if (session.subscriptions.has(roomId)) this.#takeOut(session, roomId)
    }
  }

  /** The room is gone. */
  leaveAll(roomId: string): void {
    const inRoom = [...this.#users.values()].filter(({ rooms }) => rooms.has(roomId))
    for (const { id } of inRoom) this.leave(id, roomId, Infinity)
  }

  /**
   * Asks MySQL for the user and does what it says. Rejects when that cannot be had now. Each session of a host's user
   * is asked for by itself: who else has a socket here under that id proves nothing, and stays.
   */
  async refresh(user: LocalUser, beginning?: Beginning): Promise<void> {
    const loading = this.#loads.add({ id: user.id, host: beginning?.host })
    if (loading === undefined) throw new Error('Too many users are being loaded.')
    const state = await loading
    if (state === 'refused') {
      beginning?.session.end('AUTH_INVALID')
      return
    }
    const applied = user.applying.then(() => this.#apply(user, state))
    user.applying = applied.catch(() => undefined)
    await applied
  }

  /** A notice came, or something is in doubt. What fails is found again by reconciliation. */
  refreshSoon(userIds: Iterable<string>): void {
    for (const userId of userIds) {
      const user = this.#users.get(userId)
      if (user === undefined) continue
      this.refresh(user).catch((error: unknown) => {
        this.#ports.logger.debug({ err: error, userId }, 'could not refresh a user')
      })
    }
  }

  refreshMembersOf(roomId: string): void {
    const inRoom = [...this.#users.values()].filter(({ rooms }) => rooms.has(roomId))
    this.refreshSoon(inRoom.map(({ id }) => id))
  }

  versions(): [string, number][] {
    return Array.from(this.#users.values(), ({ id, version }) => [id, Math.max(version, 0)])
  }

  *sessions(): Generator<Session> {
    for (const { sessions } of this.#users.values()) yield* sessions
  }

  /** Before `session:ready` nothing was said of its rooms: what is true then needs no news of what was. */
  #takeOut(session: Session, roomId: string): void {
    this.unsubscribe(session, roomId)
    if (session.isOpen) session.socket.emit('room:removed', { roomId })
  }

  async #fetch(loads: readonly Load[]): Promise<(UserState | 'refused')[]> {
    this.#askedAtMs = Date.now()
    const hosts = new Map(loads.map(({ id }): [string, UserAsk['host']] => [id, undefined]))
    for (const { id, host } of loads) if (host !== undefined) hosts.set(id, host)
    const { users: states, refused } = await this.#ask(hosts)
    const isAskedAgain = ({ id, host }: Load): boolean => host === undefined && refused.includes(id)
    // A stranger claimed to be a host's user of the same id.
    const again = new Map(loads.filter(isAskedAgain).map(({ id }) => [id, undefined]))
    const others = again.size === 0 ? {} : (await this.#ask(again)).users
    return loads.map((load) => {
      const { id } = load
      if (refused.includes(id) && !isAskedAgain(load)) return 'refused'
      const state = states[id] ?? others[id]
      if (state === undefined) throw new Error('The API did not answer for a user.')
      return state
    })
  }

  async #ask(hosts: ReadonlyMap<string, UserAsk['host']>): Promise<UserStates> {
    const asks = Array.from(hosts, ([id, host]) => ({ id, ...(host !== undefined && { host }) }))
    const answer = await this.#ports.fetchStates(asks)
    this.#ports.noteEpoch(answer.epoch)
    return answer
  }

  async #apply(user: LocalUser, state: UserState): Promise<void> {
    if (state.version < user.version) return
    user.version = state.version
    this.#endRevoked(user, state)
    await this.#part(user, state)
    const { feeds } = this.#ports
    // One string for the id of a room, however many are in it.
    for (const room of state.rooms) room.roomId = feeds.get(room.roomId)?.roomId ?? room.roomId
    const rooms = new Map(state.rooms.map(({ roomId, joinedSeq }) => [roomId, joinedSeq]))
    // What waits is handed over while they still count as members: also to them, as authors.
    for (const roomId of user.rooms.keys()) {
      if (!rooms.has(roomId)) this.#ports.feeds.get(roomId)?.flush()
    }
    user.rooms = rooms
    user.standings = standingsOf(state.rooms)
    user.presence = state.presence
    for (const session of user.sessions) {
      for (const roomId of session.subscriptions.keys()) {
        if (!user.rooms.has(roomId)) this.#takeOut(session, roomId)
      }
    }
    feeds.open(state.rooms)
    await Promise.all(state.rooms.map(async ({ roomId, head }) => feeds.get(roomId)?.reach(head)))
    const { started, isInDoubt } = this.#joinAll(user, state)
    await Promise.all(started)
    this.#ports.refreshed?.(user, state)
    if (!isInDoubt) return
    // What it says was not done: whoever compares versions has to find that this one is behind.
    if (user.version === state.version) user.version -= 1
    // Whoever is told of the rest later is told of a room that they may have read in already.
    throw new Error('What was read is older than all that is remembered of a room.')
  }

  #endRevoked({ sessions }: LocalUser, state: UserState): void {
    const revoked = new Set(state.revokedSessionIds)
    const validAfterMs = state.tokensValidAfterMs ?? 0
    for (const session of sessions) {
      const isRevoked = session.signInId !== undefined && revoked.has(session.signInId)
      if (isRevoked || (session.hostTokenFromMs ?? Infinity) < validAfterMs) {
        session.end('AUTH_REVOKED')
      }
    }
  }

  /** Known before what was said while they were there: the feed takes them out in its place, once it is so far. */
  async #part(user: LocalUser, { rooms }: UserState): Promise<void> {
    const stays = new Set(rooms.map(({ roomId }) => roomId))
    const followed = [...user.sessions].flatMap(({ subscriptions }) => [...subscriptions.keys()])
    const left = [...new Set(followed)].filter((roomId) => !stays.has(roomId))
    if (left.length === 0) return
    // Without the log it is not known how far that is.
    await readInTime(() => this.#ports.bringUpToDate(left), PARTING_MS)
  }

  /** In one turn: membership was true at `head`, the feed tells whether it still is. */
  #joinAll(
    user: LocalUser,
    state: UserState,
  ): { readonly started: Promise<void>[]; readonly isInDoubt: boolean } {
    const started: Promise<void>[] = []
    let isInDoubt = false
    for (const room of state.rooms) {
      // Out of it again while the feeds came so far.
      if (!user.rooms.has(room.roomId)) continue
      const missing = [...user.sessions].filter(
        ({ subscriptions, hasEnded }) => !hasEnded && !subscriptions.has(room.roomId),
      )
      if (missing.length === 0) continue
      const feed = this.#ports.feeds.get(room.roomId)
      const left = feed?.leftSince(user.id, room.head)
      if (left === 'yes') user.rooms.delete(room.roomId)
      else if (left === 'no') {
        feed?.flush()
        for (const session of missing) {
          if (session.isOpen) started.push(this.#ports.startInRoom(session, room))
          else this.subscribe(session, room, feed?.position)
        }
      } else {
        isInDoubt = true
        setTimeout(() => this.refreshSoon([user.id]), ASK_AGAIN_MS).unref()
      }
    }
    return { started, isInDoubt }
  }
}
