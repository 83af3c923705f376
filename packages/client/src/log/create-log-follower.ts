import type { Event, ResetReason, Room, RoomHeads, SessionReady } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { reportError } from '../store.ts'
import { createRepeater } from './create-repeater.ts'
import { createLearnRooms } from './learn-rooms.ts'
import { listMyRooms } from './list-my-rooms.ts'
import { createOverdueHeads } from './overdue-heads.ts'
import type { RoomLog } from './room-log.ts'
import { RoomTrack } from './room-track.ts'
import { createSyncRooms } from './sync-rooms.ts'

export interface LogFollowerPorts {
  readonly connection: Pick<Connection, 'onSession' | 'onFact' | 'request' | 'session' | 'state'>
  readonly call: CallRoute
  readonly random?: (() => number) | undefined
}

/** What is told of my rooms beside their events. */
export interface RoomsListener {
  /** All my rooms were read: at first before any of their events, then with every `reload`. */
  readonly listed?: (rooms: readonly Room[]) => void
  readonly listFailed?: (error: unknown) => void
  /** I came into a room. Its events since may have been told already. */
  readonly added?: (room: Room) => void
  readonly removed?: (roomId: string) => void
  /** As `LogListener.reset`, of any room. */
  readonly reset?: (roomId: string, head: number, reason: ResetReason) => void
  /** A session has caught up. Not the first one: `listed` is as new as that. */
  readonly returned?: () => void
}

export interface LogFollower {
  /** The same object every time. */
  readonly get: (roomId: string) => RoomLog
  readonly listen: (listener: RoomsListener) => () => void
  /** Follows a room that I have just made or joined, without waiting to be told of it. */
  readonly add: (room: Room) => void
  /** Reads the list of my rooms once more. */
  readonly reload: () => Promise<void>
  /** How many events were handed on, in all. */
  readonly deliveries: () => number
  readonly stop: () => void
}

const SYNC_ROOMS = 500
/** More new rooms than this are read as a list. */
const FEW = 20
const STRANGERS_AT_MOST = 1_000

/**
 * Follows the logs of all my rooms, over whatever links the connection has. A first session costs the
 * list of my rooms and a `sync` of each 500; each later one that `sync`, and one `POST /v1/sync` without
 * rooms that tells in which I am (some 100 bytes for each).
 */
export function createLogFollower(ports: LogFollowerPorts): LogFollower {
  const follower = new Follower(ports)
  return {
    get: (roomId) => follower.trackOf(roomId),
    listen: (listener) => follower.listen(listener),
    add: (room) => follower.add(room),
    reload: () => follower.reload(),
    deliveries: () => follower.deliveries,
    stop: () => follower.stop(),
  }
}

class Follower {
  deliveries = 0
  readonly #ports: LogFollowerPorts
  readonly #tracks = new Map<string, RoomTrack>()
  readonly #listeners = new Set<RoomsListener>()
  /** Heard of, and not mine: not asked about again and again. */
  readonly #strangers = new Set<string>()
  readonly #behind = new Set<string>()
  readonly #goneSinceListing = new Set<string>()
  readonly #sync: ReturnType<typeof createSyncRooms>
  readonly #repair: ReturnType<typeof createRepeater>
  readonly #overdue: ReturnType<typeof createOverdueHeads>
  readonly #learn: ReturnType<typeof createLearnRooms>
  readonly #ends: readonly (() => void)[]
  #isListed = false
  #isStopped = false
  #listing: Promise<void> | null = null

  constructor(ports: LogFollowerPorts) {
    this.#ports = ports
    const { connection, call, random } = ports
    this.#sync = createSyncRooms({
      request: connection.request,
      track: (roomId) => this.#tracks.get(roomId),
      roomsAtOnce: () => connection.session.current?.limits['syncRooms'] ?? SYNC_ROOMS,
    })
    this.#repair = createRepeater({
      random,
      run: () => this.#repairAll(),
      // The next session catches up with everything.
      mayRetry: () => !this.#isStopped && connection.state.current.via !== null,
    })
    this.#overdue = createOverdueHeads((roomIds) => {
      for (const id of roomIds) if (this.#tracks.get(id)?.isBehind === true) this.#fallBehind(id)
    })
    this.#learn = createLearnRooms({
      call,
      random,
      learned: (room) => this.add(room),
      stranger: (roomId) => this.#estrange(roomId),
    })
    this.#ends = [
      connection.onSession((session) => this.#catchUp(session)),
      connection.onFact('room:events', ({ roomId, head, events }) =>
        this.#take(roomId, head, events),
      ),
      connection.onFact('room:heads', (heads) => this.#hear(heads)),
      connection.onFact('room:added', ({ roomId, head }) => this.#come(roomId, head)),
      connection.onFact('room:removed', ({ roomId }) => this.#go(roomId)),
    ]
  }

  trackOf(roomId: string): RoomTrack {
    const known = this.#tracks.get(roomId)
    if (known !== undefined) return known
    const track = new RoomTrack(roomId, {
      told: (events) => void (this.deliveries += events),
      reset: (id, head, reason) => {
        this.#tell((one) => one.reset?.(id, head, reason))
        if (reason === 'not-member') this.#tell((one) => one.removed?.(id))
      },
    })
    this.#tracks.set(roomId, track)
    return track
  }

  listen(listener: RoomsListener): () => void {
    const own = { ...listener }
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  add(room: Room): void {
    if (this.#isStopped) return
    this.#follow(room.id, room.head)
    this.#tell((one) => one.added?.(room))
  }

  reload(): Promise<void> {
    this.#listing ??= this.#readList()
      .catch((error: unknown) => {
        this.#tell((one) => one.listFailed?.(error))
        throw error
      })
      .finally(() => (this.#listing = null))
    return this.#listing
  }

  stop(): void {
    this.#isStopped = true
    for (const end of this.#ends) end()
    for (const one of [this.#repair, this.#learn]) one.stop()
    this.#overdue.clear()
  }

  #tell(notify: (listener: RoomsListener) => void): void {
    for (const listener of new Set(this.#listeners)) {
      try {
        notify(listener)
      } catch (error) {
        reportError(error)
      }
    }
  }

  #isFollowed(roomId: string): boolean {
    return (this.#tracks.get(roomId)?.reached ?? null) !== null
  }

  #followed(): string[] {
    return [...this.#tracks.keys()].filter((roomId) => this.#isFollowed(roomId))
  }

  /** From `head` on, if it is not followed already. */
  #follow(roomId: string, head: number): void {
    this.#strangers.delete(roomId)
    const track = this.trackOf(roomId)
    const epoch = this.#ports.connection.session.current?.epoch ?? null
    if (track.reached === null) track.start(head, epoch)
    else if (track.hear(head)) this.#overdue.note(roomId)
  }

  #estrange(roomId: string): void {
    if (this.#strangers.size >= STRANGERS_AT_MOST) this.#strangers.clear()
    this.#strangers.add(roomId)
    this.#tracks.get(roomId)?.leave()
  }

  /** Told of it, and not of how it came to be mine. */
  #meet(roomId: string): void {
    if (this.#isListed && !this.#strangers.has(roomId)) this.#learn.ask(roomId)
  }

  #take(roomId: string, head: number, events: readonly Event[]): void {
    const track = this.#tracks.get(roomId)
    if (track === undefined || track.reached === null) return this.#meet(roomId)
    track.offer(events, head)
    if (track.hasGap) this.#fallBehind(roomId)
    else if (track.isBehind) this.#overdue.note(roomId)
  }

  #hear(heads: RoomHeads): void {
    for (const [roomId, head] of Object.entries(heads)) {
      if (!this.#isFollowed(roomId)) this.#meet(roomId)
      else if (this.trackOf(roomId).hear(head)) this.#overdue.note(roomId)
    }
  }

  #come(roomId: string, head: number): void {
    const isNew = !this.#isFollowed(roomId)
    this.#follow(roomId, head)
    if (!isNew) return
    // An answer that is on its way may be from before I came.
    this.#learn.forget(roomId)
    this.#learn.ask(roomId)
  }

  #go(roomId: string): void {
    this.#learn.forget(roomId)
    if (this.#listing !== null) this.#goneSinceListing.add(roomId)
    this.#tracks.get(roomId)?.leave()
  }

  #fallBehind(roomId: string): void {
    this.#behind.add(roomId)
    this.#repair.ask()
  }

  async #repairAll(): Promise<void> {
    const due = [...this.#behind].filter((id) => this.#tracks.get(id)?.isBehind === true)
    this.#behind.clear()
    try {
      await this.#sync.run(due)
    } catch (error) {
      for (const roomId of due) this.#behind.add(roomId)
      throw error
    }
    for (const id of due) if (this.#tracks.get(id)?.hasGap === true) this.#fallBehind(id)
  }

  async #readList(): Promise<void> {
    const before = this.#followed()
    this.#goneSinceListing.clear()
    const all = await listMyRooms(this.#ports.call)
    if (this.#isStopped) return
    const rooms = all.filter(({ id }) => !this.#goneSinceListing.has(id))
    for (const { id, head } of rooms) this.#follow(id, head)
    this.#isListed = true
    this.#tell((one) => one.listed?.(rooms))
    // One that is not in the list may have come while it was read: `sync` knows.
    const listed = new Set(rooms.map(({ id }) => id))
    for (const roomId of before) if (!listed.has(roomId)) this.#doubt(roomId)
  }

  /** Asks for it also if nothing is missing: it may be mine no more. */
  #doubt(roomId: string): void {
    if (this.#ports.connection.state.current.via === null) return
    this.#sync.run([roomId]).catch(() => this.#fallBehind(roomId))
  }

  /** Joined while away. Nothing fails by it: the first beacon names all rooms, too. */
  async #findJoined(): Promise<void> {
    try {
      const { rooms } = await this.#ports.call('POST /v1/sync', { body: {} })
      const met = Object.keys(rooms).filter((roomId) => !this.#isFollowed(roomId))
      if (met.length > FEW) await this.reload()
      else for (const roomId of met) this.#learn.ask(roomId)
    } catch {
      // Said above.
    }
  }

  async #catchUp(session: SessionReady): Promise<void> {
    if (this.#isStopped) return
    this.#sync.renew()
    this.#repair.stop()
    this.#overdue.clear()
    this.#behind.clear()
    this.#strangers.clear()
    for (const track of this.#tracks.values()) track.expect(session.epoch)
    const isReturn = this.#isListed
    if (isReturn) void this.#findJoined()
    else await this.reload()
    const all = this.#followed()
    await this.#sync.run(all)
    for (const id of all) if (this.#tracks.get(id)?.hasGap === true) this.#fallBehind(id)
    if (isReturn) this.#tell((one) => one.returned?.())
  }
}
