import { LIMITS, type Event } from '@parley/message-schema'
import { bytesOfAll } from '../room-feed/event-bytes.ts'
import { hideDeleted } from '../room-feed/hide-deleted.ts'
import type { EventRange } from '../room-feed/room-feed.ts'
import type { RoomFeeds } from '../room-feed/room-feeds.ts'

export interface BackfillPorts {
  readonly feeds: RoomFeeds
  readonly fetchAfter: (roomId: string, after: number) => Promise<EventRange>
}

/** A hot room moves on while its past is fetched; its ring bridges what is left. */
const EVENTS = 8 * LIMITS.syncEvents

/** What was fetched for one answer, all in all. */
export interface Fetched {
  bytes: number
}

/**
 * The past of one room for one reader: `from` up to wherever the room's feed is when `finish` is
 * called. The ring of recent events answers if it can, else the log.
 */
export class Backfill {
  readonly roomId: string
  readonly from: number
  readonly #ports: BackfillPorts
  #fetched: Event[] = []

  constructor(roomId: string, from: number, ports: BackfillPorts) {
    this.roomId = roomId
    this.from = from
    this.#ports = ports
  }

  get #reached(): number {
    return this.#fetched.at(-1)?.seq ?? this.from
  }

  #rest(): readonly Event[] | undefined {
    return this.#ports.feeds.get(this.roomId)?.recentAfter(this.#reached)
  }

  /** All was at hand when it was prepared; if it is not when it is answered, the room was faster. */
  isCovered = false

  /** Others that fetched too much for the same answer left nothing for this one, which may be small. */
  isCutShort = false

  /** Stops when more was fetched than one answer may hold: with `fetched` by others, too. */
  async prepare(fetched: Fetched = { bytes: 0 }): Promise<void> {
    let own = 0
    while (this.#fetched.length < EVENTS && this.#rest() === undefined) {
      if (fetched.bytes > LIMITS.syncBytes) {
        this.isCutShort = own <= LIMITS.syncBytes
        break
      }
      const { events } = await this.#ports.fetchAfter(this.roomId, this.#reached)
      const next = events.findIndex(({ seq }) => seq === this.#reached + 1)
      if (next === -1) break
      const piece = events.slice(next)
      // Each piece is as the log was when it was read: what is deleted in a later one was not yet in those before.
      const bytes = bytesOfAll(piece)
      own += bytes
      fetched.bytes += bytes
      this.#fetched = [...hideDeleted(this.#fetched, piece), ...piece]
    }
    this.isCovered = this.#rest() !== undefined
  }

  /**
   * All up to the feed's position, which local sockets have been handed too: in the same turn the
   * reader must join them. `undefined` if it could not be had.
   */
  finish(): { readonly to: number; readonly head: number; readonly events: Event[] } | undefined {
    const feed = this.#ports.feeds.get(this.roomId)
    if (feed === undefined) return undefined
    feed.flush()
    // The fetch may have been faster than the feed: what the feed will hand over is not for us.
    const fetched = this.#fetched.filter(({ seq }) => seq <= feed.position)
    const rest = feed.recentAfter(fetched.at(-1)?.seq ?? this.from)
    if (rest === undefined) return undefined
    const past = hideDeleted(fetched, rest)
    feed.remember(past)
    return { to: feed.position, head: feed.head, events: [...past, ...rest] }
  }
}
