import type { ReconcileRequest, ReconcileResult } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { LocalUsers } from '../sessions/local-users.ts'
import type { RoomFeeds } from './room-feeds.ts'

export interface ReconcilerPorts {
  readonly feeds: RoomFeeds
  readonly users: LocalUsers
  readonly reconcile: (known: ReconcileRequest) => Promise<ReconcileResult>
  readonly noteEpoch: (epoch: number) => void
  /** News does not come: look more often. */
  readonly isNewsAway: () => boolean
  readonly intervalMs: number
  readonly found: (behind: number) => void
  readonly logger: Logger
}

const AT_ONCE = 1_000
const INTERVAL_WITHOUT_NEWS_MS = 1_000
/** Then the log cannot be asked at all, and the next requests would only wait for their deadlines. */
const FAILURES_IN_A_ROW = 2

interface Chunk {
  readonly index: number
  readonly known: ReconcileRequest
}

/** As many requests as the longer of the two needs, each made when it is its turn, the `first` before all others. */
function* chunks(
  rooms: [string, number][],
  users: [string, number][],
  first: number,
): Generator<Chunk> {
  const count = Math.ceil(Math.max(rooms.length, users.length) / AT_ONCE)
  for (let turn = 0; turn < count; turn += 1) {
    const index = (first + turn) % count
    const at = index * AT_ONCE
    const part = (list: [string, number][]) => Object.fromEntries(list.slice(at, at + AT_ONCE))
    yield { index, known: { rooms: part(rooms), users: part(users) } }
  }
}

/**
 * The third source of the room feeds, and the one that cannot be lost: it finds what news did not
 * bring, also in a room where nothing more is said (C5). While Redis is away it is the delivery.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts
  #timer: NodeJS.Timeout | undefined
  /** The next look was planned for a time without news. */
  #isSoon = false
  #running: Promise<void> | undefined
  /** Where the next look begins: behind what failed, or that would keep all that follows from being looked at. */
  #first = 0
  #stopped = false

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports
  }

  start(): void {
    const { intervalMs, isNewsAway } = this.#ports
    this.#isSoon = isNewsAway()
    const interval = this.#isSoon ? Math.min(INTERVAL_WITHOUT_NEWS_MS, intervalMs) : intervalMs
    // ±10 %, so that gateways that were started together do not ask together for ever.
    const jittered = interval * (0.9 + 0.2 * Math.random())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.lookNow()
        .catch(() => undefined)
        .finally(() => {
          if (!this.#stopped) this.start()
        })
    }, jittered)
  }

  /** News is away from now on: what was planned for a time with news comes too late. */
  hurry(): void {
    // While one look is under way the next is not planned yet.
    if (this.#stopped || this.#isSoon || this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.start()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Everything, unless a look is under way already. */
  async lookNow(): Promise<void> {
    const { feeds, users } = this.#ports
    this.#running ??= this.#look(feeds.positions(), users.versions()).finally(() => {
      this.#running = undefined
    })
    await this.#running
  }

  async #look(rooms: [string, number][], users: [string, number][]): Promise<void> {
    let failures = 0
    for (const { index, known } of chunks(rooms, users, this.#first)) {
      try {
        await this.#compare(known)
        failures = 0
      } catch (error) {
        this.#ports.logger.debug({ err: error }, 'could not reconcile')
        failures += 1
        if (failures < FAILURES_IN_A_ROW) continue
        this.#first = index + 1
        return
      }
    }
  }

  async #compare(known: ReconcileRequest): Promise<void> {
    const { feeds, users, reconcile, noteEpoch, found } = this.#ports
    const differing = await reconcile(known)
    noteEpoch(differing.epoch)
    let behind = 0
    for (const [roomId, { head }] of Object.entries(differing.rooms)) {
      const feed = feeds.get(roomId)
      if (feed !== undefined && head > feed.position) {
        behind += 1
        feed.noteHead(head)
      }
    }
    if (behind > 0) found(behind)
    users.refreshSoon(differing.users)
  }
}
