import type { Event, Room, SessionReady } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { tellEach } from '../store.ts'
import { createCatchUp, type CatchUp } from './catch-up.ts'
import { createLearnRooms, type LearnRooms } from './learn-rooms.ts'
import { listMyRooms } from './list-my-rooms.ts'
import type { RoomLog } from './room-log.ts'
import { RoomTrack } from './room-track.ts'

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
  /** I came into a room. Its events since may have been told already. That I left it its log tells. */
  readonly added?: (room: Room) => void
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
  readonly stop: () => void
}

/** More new rooms than this are read as a list. */
const FEW = 20
const STRANGERS_AT_MOST = 1_000

/**
 * Follows the logs of all my rooms, over whatever links the connection has. A first session costs the
 * list of my rooms and a `sync` of each 500; each later one that `sync`, and one `POST /v1/sync` without
 * rooms that tells in which I am (some 100 bytes for each).
 */
export const createLogFollower = (ports: LogFollowerPorts): LogFollower => new Follower(ports)

class Follower implements LogFollower {
  readonly #connection: LogFollowerPorts['connection']
  readonly #call: CallRoute
  readonly #tracks = new Map<string, RoomTrack>()
  readonly #listeners = new Set<RoomsListener>()
  /** Heard of, and not mine: not asked about again and again. */
  readonly #strangers = new Set<string>()
  readonly #goneSinceListing = new Set<string>()
  readonly #catchUp: CatchUp
  readonly #learn: LearnRooms
  readonly #ends: readonly (() => void)[]
  #isListed = false
  #isStopped = false
  #listing: Promise<void> | null = null

  constructor({ connection, call, random }: LogFollowerPorts) {
    this.#connection = connection
    this.#call = call
    this.#catchUp = createCatchUp({ connection, tracks: this.#tracks, random })
    this.#learn = createLearnRooms({
      call,
      random,
      learned: (room) => this.#learned(room),
      stranger: (roomId) => this.#estrange(roomId),
    })
    this.#ends = [
      connection.onSession((session) => this.#begin(session)),
      connection.onFact('room:events', (fact) => this.#hear(fact.roomId, fact.head, fact.events)),
      connection.onFact('room:heads', (heads) => {
        for (const [roomId, head] of Object.entries(heads)) this.#hear(roomId, head)
      }),
      connection.onFact('room:added', ({ roomId, head }) => {
        if (this.#follow(roomId, head, true)) return
        // An answer that is on its way may be from before I came.
        this.#learn.forget(roomId)
        this.#learn.ask(roomId)
      }),
      connection.onFact('room:removed', ({ roomId }) => {
        this.#learn.forget(roomId)
        if (this.#listing !== null) this.#goneSinceListing.add(roomId)
        this.#tracks.get(roomId)?.leave()
      }),
    ]
  }

  readonly get = (roomId: string): RoomTrack => {
    const track = this.#tracks.get(roomId) ?? new RoomTrack(roomId)
    this.#tracks.set(roomId, track)
    return track
  }

  readonly listen = (listener: RoomsListener): (() => void) => {
    const own = { ...listener }
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  readonly add = (room: Room): void => {
    if (this.#isStopped) return
    // I was out of it again when it was read, and may be back by now.
    if (room.me === undefined) return this.#learn.ask(room.id)
    this.#learned(room)
  }

  readonly reload = (): Promise<void> =>
    (this.#listing ??= this.#list()
      .catch((error: unknown) => {
        this.#tell((one) => one.listFailed?.(error))
        throw error
      })
      .finally(() => (this.#listing = null)))

  readonly stop = (): void => {
    this.#isStopped = true
    for (const end of this.#ends) end()
    this.#catchUp.stop()
    this.#learn.stop()
  }

  #learned(room: Room): void {
    this.#follow(room.id, room.head)
    this.#tell((one) => one.added?.(room))
  }

  #tell(notify: (listener: RoomsListener) => void): void {
    tellEach(this.#listeners, notify)
  }

  #followed(): string[] {
    return [...this.#tracks.keys()].filter((roomId) => this.get(roomId).reached !== null)
  }

  /** From `head` on. Answers whether it was followed already. `isTold`: by the gateway. */
  #follow(roomId: string, head: number, isTold?: boolean): boolean {
    this.#strangers.delete(roomId)
    const track = this.get(roomId)
    const isKnown = track.reached !== null
    if (isKnown) track.offer(head)
    else {
      track.start(head, this.#connection.session.current?.epoch ?? null)
      // The gateway may not have heard that it is mine, and could not tell that it is mine no more: asked, it looks.
      // What the first list has is synced as a whole.
      if (!isTold && this.#isListed) this.#catchUp.doubt(roomId)
    }
    this.#catchUp.look(track)
    return isKnown
  }

  #estrange(roomId: string): void {
    if (this.#strangers.size >= STRANGERS_AT_MOST) this.#strangers.clear()
    this.#strangers.add(roomId)
    this.#tracks.get(roomId)?.leave()
  }

  #hear(roomId: string, head: number, events?: readonly Event[]): void {
    const track = this.#tracks.get(roomId)
    if (track && track.reached !== null) {
      track.offer(head, events)
      this.#catchUp.look(track)
      // Else it is not told how it came to be mine.
    } else if (this.#isListed && !this.#strangers.has(roomId)) this.#learn.ask(roomId)
  }

  async #list(): Promise<void> {
    const before = this.#followed()
    this.#goneSinceListing.clear()
    const all = await listMyRooms(this.#call)
    if (this.#isStopped) return
    const rooms = all.filter(({ id }) => !this.#goneSinceListing.has(id))
    for (const { id, head } of rooms) this.#follow(id, head)
    this.#isListed = true
    this.#tell((one) => one.listed?.(rooms))
    // One that is not in the list may have come while it was read, or be mine no more: `sync` knows.
    const listed = new Set(rooms.map(({ id }) => id))
    for (const roomId of before) if (!listed.has(roomId)) this.#catchUp.doubt(roomId)
  }

  /** Joined while away. Nothing fails by it: the first beacon names all rooms, too. */
  async #findJoined(): Promise<void> {
    try {
      const { rooms } = await this.#call('POST /v1/sync', { body: {} })
      const met = Object.keys(rooms).filter((roomId) => this.get(roomId).reached === null)
      if (met.length > FEW) await this.reload()
      else met.forEach(this.#learn.ask)
    } catch {
      // Said above.
    }
  }

  async #begin(session: SessionReady): Promise<void> {
    if (this.#isStopped) return
    this.#catchUp.renew()
    this.#strangers.clear()
    for (const track of this.#tracks.values()) track.expect(session.epoch)
    const isReturn = this.#isListed
    if (isReturn) void this.#findJoined()
    else await this.reload()
    await this.#catchUp.run(this.#followed())
    if (isReturn) this.#tell((one) => one.returned?.())
  }
}
