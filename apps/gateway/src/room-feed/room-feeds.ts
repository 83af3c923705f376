import type { RoomNews } from '@parley/message-schema'
import { gatherMs } from './flush-window.ts'
import { RoomFeed, type RoomFeedPorts } from './room-feed.ts'

export interface RoomFeedsPorts extends Omit<RoomFeedPorts, 'scheduleFlush'> {
  /** Rooms from which news is wanted from now on, or no more. */
  readonly follow: (roomIds: readonly string[]) => void
  readonly unfollow: (roomIds: readonly string[]) => void
  readonly hasLocalMembers: (roomId: string) => boolean
  /** For how long what a busy room says is gathered, in ms. */
  readonly windowOf: (roomId: string) => number
}

/** A room without local sockets is followed so much longer: reconnecting finds its ring still there. */
const LINGER_MS = 30_000
/** So much longer a room is gathered in which more is said than can be read. A power of two: moments are shared. */
const FLOOD_FACTOR = 2

/** The feeds of all rooms that have local sockets. */
export class RoomFeeds {
  readonly #ports: RoomFeedsPorts
  readonly #feeds = new Map<string, RoomFeed>()
  readonly #emptySince = new Map<string, number>()
  readonly #dirty = new Set<RoomFeed>()
  #flushing: NodeJS.Immediate | undefined
  /** Rooms that gather, and when each flushes. */
  readonly #gathering = new Map<RoomFeed, NodeJS.Timeout>()

  constructor(ports: RoomFeedsPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#feeds.size
  }

  get(roomId: string): RoomFeed | undefined {
    return this.#feeds.get(roomId)
  }

  /** The rooms' feeds, beginning where the log was when membership was read. */
  open(
    rooms: readonly {
      readonly roomId: string
      readonly head: number
      readonly memberVersion: number
      readonly memberCount?: number | undefined
    }[],
  ): void {
    const fresh: string[] = []
    for (const room of rooms) {
      if (this.#feeds.has(room.roomId)) continue
      this.#feeds.set(
        room.roomId,
        new RoomFeed(room.roomId, room, { ...this.#ports, scheduleFlush: this.#scheduleFlush }),
      )
      fresh.push(room.roomId)
    }
    if (fresh.length > 0) this.#ports.follow(fresh)
  }

  offer(news: RoomNews): void {
    this.#feeds.get(news.roomId)?.offer(news)
  }

  /**
   * For how long what is said in the room now may wait for more of it, on its way to the log, in ms. A packet that
   * is a little late makes no room quiet in which something was said here meanwhile.
   */
  gatherMs(roomId: string): number {
    const feed = this.#feeds.get(roomId)
    if (feed === undefined) return 0
    const nowMs = Date.now()
    const busyAtMs = Math.max(feed.flushedAtMs, feed.saidAtMs)
    feed.saidAtMs = nowMs
    return gatherMs(nowMs, busyAtMs, this.#windowOf(feed))
  }

  /** Position of every feed, for reconciliation. */
  positions(): [string, number][] {
    return Array.from(this.#feeds.values(), ({ roomId, position }) => [roomId, position])
  }

  /** The furthest that is known of each room. May be gone through little by little while feeds open and close. */
  *heads(): Generator<readonly [roomId: string, head: number]> {
    for (const { roomId, head } of this.#feeds.values()) yield [roomId, head]
  }

  /** Closes what has had no local sockets for a while. */
  closeIdle(nowMs: number): void {
    const closed: string[] = []
    for (const [roomId, feed] of this.#feeds) {
      if (this.#ports.hasLocalMembers(roomId)) {
        this.#emptySince.delete(roomId)
        continue
      }
      const since = this.#emptySince.get(roomId)
      if (since === undefined) this.#emptySince.set(roomId, nowMs)
      else if (nowMs - since > LINGER_MS) {
        this.#close(feed)
        closed.push(roomId)
      }
    }
    if (closed.length > 0) this.#ports.unfollow(closed)
  }

  closeAll(): void {
    const closed = [...this.#feeds.keys()]
    for (const feed of this.#feeds.values()) this.#close(feed)
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    this.#dirty.clear()
    if (closed.length > 0) this.#ports.unfollow(closed)
  }

  #windowOf(feed: RoomFeed): number {
    return this.#ports.windowOf(feed.roomId) * (feed.isFlooded ? FLOOD_FACTOR : 1)
  }

  #close(feed: RoomFeed): void {
    feed.close()
    this.#feeds.delete(feed.roomId)
    this.#emptySince.delete(feed.roomId)
    this.#dirty.delete(feed)
    clearTimeout(this.#gathering.get(feed))
    this.#gathering.delete(feed)
  }

  /**
   * After the read phase: what came for a room in one turn of the loop is one packet, no timer. What a busy
   * room says was gathered on its way to the log. What comes besides, by other ways, gathers here for half
   * as long, so that neither waits for the other twice.
   */
  readonly #scheduleFlush = (feed: RoomFeed): void => {
    if (this.#gathering.has(feed)) return
    const windowMs = this.#windowOf(feed) / 2
    // A clock that was set back must not make anybody wait for longer.
    const waitMs = Math.min(windowMs, feed.flushedAtMs + windowMs - Date.now())
    if (waitMs > 0) {
      const timer = setTimeout(() => {
        this.#gathering.delete(feed)
        feed.flush()
      }, waitMs)
      this.#gathering.set(feed, timer)
      return
    }
    this.#dirty.add(feed)
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined
      const dirty = [...this.#dirty]
      this.#dirty.clear()
      for (const one of dirty) one.flush()
    })
  }
}
