import { ChatError } from '../chat-error.ts'
import type { Store } from '../store.ts'
import type { After } from '../after.ts'
import type { OutboxItem } from './outbox-item.ts'
import type { Stored } from './outbox-queue.ts'
import { retryDelayMs } from './retry-delay.ts'

export interface OutboxLanesPorts {
  /** Sends it once. Throws `ChatError`. */
  readonly send: (item: OutboxItem) => Promise<Stored>
  readonly isReady: Store<boolean>
  /** Writes down that it is on its way. */
  readonly beforeFirst: (item: OutboxItem) => Promise<void>
  /** It was answered that it is certainly not stored, and is to be sent later. */
  readonly putOff: (item: OutboxItem) => void
  readonly done: (item: OutboxItem, stored: Stored) => void
  readonly refused: (item: OutboxItem, error: ChatError) => void
  readonly now: () => number
  readonly random: () => number
  readonly after: After
}

/** What waits in one room. */
interface Lane {
  readonly items: OutboxItem[]
  /** On its way now. */
  current: OutboxItem | null
  stopResting: (() => void) | null
  /** The server named the time: a new session does not make it shorter. */
  isRestTold: boolean
}

const PARALLEL_ROOMS = 8
/** Of the person, not of the room: nothing else is sent meanwhile either. */
const FOR_ALL_ROOMS: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SERVER_BUSY'])
/** The command was not tried at all. */
const NOT_TRIED: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SLOW_MODE', 'SERVER_BUSY'])

const toChatError = (error: unknown): ChatError =>
  error instanceof ChatError
    ? error
    : new ChatError({ code: 'INTERNAL', message: 'It could not be sent.' }, error)

/** Room by room in order, one at a time; what is refused for good does not stop those behind it. */
export class OutboxLanes {
  readonly #ports: OutboxLanesPorts
  readonly #lanes = new Map<string, Lane>()
  #busy = 0
  #isStopped = false
  readonly #stopListening: () => void
  #notBefore = 0
  /** How long all wait: never longer, though the clock be set back meanwhile. */
  #waitMs = 0
  #stopWaiting: (() => void) | null = null

  readonly #laneOf = (roomId: string): Lane => {
    const lane = this.#lanes.get(roomId) ?? {
      items: [],
      current: null,
      stopResting: null,
      isRestTold: false,
    }
    this.#lanes.set(roomId, lane)
    return lane
  }
  readonly #stopRest = (lane: Lane): void => {
    lane.stopResting?.()
    lane.stopResting = null
    lane.isRestTold = false
  }
  readonly #release = (lane: Lane, item: OutboxItem): void => {
    if (lane.current !== item) return
    lane.current = null
    this.#busy -= 1
  }

  readonly #pauseAll = (ms: number): void => {
    const now = this.#ports.now()
    this.#waitMs = Math.max(ms, Math.min(this.#waitMs, this.#notBefore - now))
    this.#notBefore = now + this.#waitMs
    this.#stopWaiting?.()
    this.#stopWaiting = this.#ports.after(this.#waitMs, () => {
      this.#stopWaiting = null
      this.#notBefore = 0
      this.pump()
    })
  }

  readonly #putOff = (lane: Lane, item: OutboxItem, error: ChatError): void => {
    const ms = retryDelayMs(error, item.attempts, this.#ports.random)
    item.attempts += 1
    if (!NOT_TRIED.has(error.code)) item.isUncertain = true
    this.#ports.putOff(item)
    if (FOR_ALL_ROOMS.has(error.code)) return this.#pauseAll(ms)
    lane.isRestTold = error.retryAfterMs !== undefined
    lane.stopResting = this.#ports.after(ms, () => {
      this.#stopRest(lane)
      this.pump()
    })
  }

  readonly #attempt = async (lane: Lane, item: OutboxItem): Promise<void> => {
    lane.current = item
    this.#busy += 1
    try {
      if (!item.record.isTried) await this.#ports.beforeFirst(item)
      if (this.#isStopped || lane.current !== item) return
      const stored = await this.#ports.send(item)
      if (lane.items.includes(item)) this.#ports.done(item, stored)
    } catch (thrown) {
      const error = toChatError(thrown)
      // Meanwhile its event may have been seen.
      if (this.#isStopped || !lane.items.includes(item)) return
      if (error.isRetryable) this.#putOff(lane, item, error)
      else this.#ports.refused(item, error)
    } finally {
      this.#release(lane, item)
      this.pump()
    }
  }

  readonly pump = (): void => {
    if (this.#isStopped || !this.#ports.isReady.current || this.#stopWaiting !== null) return
    for (const lane of this.#lanes.values()) {
      if (this.#busy >= PARALLEL_ROOMS) return
      if (lane.current !== null || lane.stopResting !== null) continue
      const next = lane.items.find(({ record }) => record.error === null)
      if (next?.isKept === true) void this.#attempt(lane, next)
    }
  }

  readonly #heed = (): void => {
    if (!this.#ports.isReady.current) return
    for (const lane of this.#lanes.values()) if (!lane.isRestTold) this.#stopRest(lane)
    this.pump()
  }

  constructor(ports: OutboxLanesPorts) {
    this.#ports = ports
    this.#stopListening = ports.isReady.subscribe(this.#heed)
  }

  countIn(roomId: string): number {
    return this.#lanes.get(roomId)?.items.length ?? 0
  }

  /** Whether it would be sent at once. */
  isFree(roomId: string): boolean {
    return (
      this.#ports.isReady.current &&
      this.#stopWaiting === null &&
      this.#busy < PARALLEL_ROOMS &&
      !(this.#lanes.get(roomId)?.items.some(({ record }) => record.error === null) ?? false)
    )
  }

  isOnItsWay(item: OutboxItem): boolean {
    return this.#lanes.get(item.record.roomId)?.current === item
  }

  insert(item: OutboxItem): void {
    const { items } = this.#laneOf(item.record.roomId)
    // Nearly always the last one.
    const at = items.findLastIndex(({ record }) => record.order < item.record.order)
    items.splice(at + 1, 0, item)
  }

  remove(item: OutboxItem): void {
    const lane = this.#lanes.get(item.record.roomId)
    const at = lane?.items.indexOf(item) ?? -1
    if (lane === undefined || at < 0) return
    lane.items.splice(at, 1)
    this.#release(lane, item)
    if (lane.items.length > 0) return
    this.#stopRest(lane)
    this.#lanes.delete(item.record.roomId)
  }

  stop(): void {
    this.#isStopped = true
    this.#stopListening()
    this.#stopWaiting?.()
    for (const lane of this.#lanes.values()) this.#stopRest(lane)
  }
}
