import type { ReconcileRequest, ReconcileResult } from '@parley/message-schema'
import type { RoomFeeds } from './room-feeds.ts'

export interface HeadCheckPorts {
  readonly feeds: RoomFeeds
  readonly reconcile: (known: ReconcileRequest) => Promise<ReconcileResult>
  readonly noteEpoch: (epoch: number) => void
  /** Who asks so soon after others waits for those who ask next: in a storm one question is asked for many. */
  readonly gatherMs: number
}

/** One question: asked once, for all rooms that came together before it was. */
interface Look {
  readonly roomIds: Set<string>
  readonly heads: Promise<ReadonlyMap<string, number>>
}

const ROOMS_AT_ONCE = 1_000

/**
 * Brings feeds up to the log as it was when somebody asked: what was deleted by then, and who was out by
 * then, is known to the ring that answers, though news of it be late or lost (C7, C8). One question is
 * under way at a time, and all who come meanwhile share the next: its cost grows with rooms and time, not
 * with sockets.
 */
export class HeadCheck {
  readonly #ports: HeadCheckPorts
  #running: Promise<unknown> = Promise.resolve()
  #next: Look | undefined
  #askedAtMs = 0

  constructor(ports: HeadCheckPorts) {
    this.#ports = ports
  }

  /** Rejects when the log cannot be asked. */
  readonly bringUpToDate = async (roomIds: readonly string[]): Promise<void> => {
    const look = (this.#next ??= this.#plan())
    for (const roomId of roomIds) look.roomIds.add(roomId)
    const heads = await look.heads
    await Promise.all(
      roomIds.map(async (roomId) => this.#ports.feeds.get(roomId)?.reach(heads.get(roomId) ?? 0)),
    )
  }

  /**
   * Just these rooms, whose news is followed only now: what was said before was not heard. Nobody waits for
   * it; if the log cannot be asked, the reconciler finds it.
   */
  lookAt(roomIds: readonly string[]): void {
    this.bringUpToDate(roomIds).catch(() => undefined)
  }

  #plan(): Look {
    const { gatherMs } = this.#ports
    const roomIds = new Set<string>()
    const heads = this.#running.then(async () => {
      // A clock that was set back makes nobody wait for longer.
      const waitMs = Math.min(gatherMs, this.#askedAtMs + gatherMs - Date.now())
      if (waitMs > 0) await new Promise((resolve) => void setTimeout(resolve, waitMs))
      this.#askedAtMs = Date.now()
      this.#next = undefined
      return this.#ask([...roomIds])
    })
    this.#running = heads.catch(() => undefined)
    return { roomIds, heads }
  }

  /** Only rooms whose feeds are behind are answered. */
  async #ask(roomIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { feeds, reconcile, noteEpoch } = this.#ports
    const heads = new Map<string, number>()
    for (let at = 0; at < roomIds.length; at += ROOMS_AT_ONCE) {
      const positions = roomIds.slice(at, at + ROOMS_AT_ONCE).flatMap((roomId) => {
        const feed = feeds.get(roomId)
        return feed === undefined ? [] : [[roomId, feed.position] as const]
      })
      const { rooms, epoch } = await reconcile({ rooms: Object.fromEntries(positions), users: {} })
      noteEpoch(epoch)
      for (const [roomId, { head }] of Object.entries(rooms)) heads.set(roomId, head)
    }
    return heads
  }
}
