import {
  LIMITS,
  ParleyError,
  type Event,
  type Reply,
  type RoomSync,
  type Sync,
  type SyncResult,
} from '@parley/message-schema'

export interface CatchUpPorts {
  readonly sync: (payload: Sync) => Promise<Reply<SyncResult>>
  /** The last `seq` known of a room; `null` if it is none of ours any more. */
  readonly position: (roomId: string) => number | null
  readonly apply: (roomId: string, events: readonly Event[]) => void
  /** The positions cannot be continued: take the room anew from its history. */
  readonly reset: (roomId: string, sync: Extract<RoomSync, { reset: true }>) => Promise<void>
}

/** Asks for what was missed until every room is at its head. One room is asked for once at a time. */
export class CatchUp {
  /** Of the log that our positions belong to. */
  epoch: number | null = null
  readonly #ports: CatchUpPorts
  readonly #running = new Map<string, Promise<void>>()

  constructor(ports: CatchUpPorts) {
    this.#ports = ports
  }

  async rooms(roomIds: readonly string[]): Promise<void> {
    for (let at = 0; at < roomIds.length; at += LIMITS.syncRooms) {
      await this.#until(roomIds.slice(at, at + LIMITS.syncRooms))
    }
  }

  room(roomId: string): Promise<void> {
    const running = this.#running.get(roomId)
    if (running !== undefined) return running
    const started = this.#until([roomId]).finally(() => this.#running.delete(roomId))
    this.#running.set(roomId, started)
    return started
  }

  async #until(roomIds: readonly string[]): Promise<void> {
    for (let open = [...roomIds]; open.length > 0;) {
      const rooms: Record<string, number> = {}
      for (const roomId of open) {
        const position = this.#ports.position(roomId)
        if (position !== null) rooms[roomId] = position
      }
      // No rooms at all would ask for all of mine.
      if (Object.keys(rooms).length === 0) return
      const reply = await this.#ports.sync({
        rooms,
        ...(this.epoch !== null && { epoch: this.epoch }),
      })
      if (!reply.ok) throw new ParleyError(reply.error.code, { message: reply.error.message })
      open = await this.#take(Object.keys(rooms), reply.data)
    }
  }

  /** Answers the rooms that are not at their head yet. */
  async #take(asked: readonly string[], result: SyncResult): Promise<string[]> {
    const open: string[] = []
    const resets: Promise<void>[] = []
    for (const roomId of asked) {
      const sync = result.rooms[roomId]
      if (sync === undefined) {
        if (result.more === true) open.push(roomId)
      } else if ('reset' in sync) resets.push(this.#ports.reset(roomId, sync))
      else {
        this.#ports.apply(roomId, sync.events)
        if (sync.to < sync.head && sync.events.length > 0) open.push(roomId)
      }
    }
    await Promise.all(resets)
    this.epoch = result.epoch
    return open
  }
}
