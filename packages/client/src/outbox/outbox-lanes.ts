import { ChatError } from '../chat-error.ts'
import type { Store } from '../store.ts'
import type { After } from '../tabs/after.ts'
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
export function createOutboxLanes(ports: OutboxLanesPorts) {
  const { isReady, now, random, after } = ports
  const lanes = new Map<string, Lane>()
  let busy = 0
  let isStopped = false
  let notBefore = 0
  let stopWaiting: (() => void) | null = null

  const laneOf = (roomId: string): Lane => {
    const lane = lanes.get(roomId) ?? {
      items: [],
      current: null,
      stopResting: null,
      isRestTold: false,
    }
    lanes.set(roomId, lane)
    return lane
  }
  const stopRest = (lane: Lane): void => {
    lane.stopResting?.()
    lane.stopResting = null
    lane.isRestTold = false
  }
  const release = (lane: Lane, item: OutboxItem): void => {
    if (lane.current !== item) return
    lane.current = null
    busy -= 1
  }

  const pauseAll = (ms: number): void => {
    notBefore = Math.max(notBefore, now() + ms)
    stopWaiting?.()
    stopWaiting = after(notBefore - now(), () => {
      stopWaiting = null
      notBefore = 0
      pump()
    })
  }

  const putOff = (lane: Lane, item: OutboxItem, error: ChatError): void => {
    const ms = retryDelayMs(error, item.attempts, random)
    item.attempts += 1
    if (!NOT_TRIED.has(error.code)) item.isUncertain = true
    ports.putOff(item)
    if (FOR_ALL_ROOMS.has(error.code)) return pauseAll(ms)
    lane.isRestTold = error.retryAfterMs !== undefined
    lane.stopResting = after(ms, () => {
      stopRest(lane)
      pump()
    })
  }

  const attempt = async (lane: Lane, item: OutboxItem): Promise<void> => {
    lane.current = item
    busy += 1
    try {
      if (!item.record.isTried) await ports.beforeFirst(item)
      if (isStopped || lane.current !== item) return
      const stored = await ports.send(item)
      if (lane.items.includes(item)) ports.done(item, stored)
    } catch (thrown) {
      const error = toChatError(thrown)
      // Meanwhile its event may have been seen.
      if (isStopped || !lane.items.includes(item)) return
      if (error.isRetryable) putOff(lane, item, error)
      else ports.refused(item, error)
    } finally {
      release(lane, item)
      pump()
    }
  }

  const pump = (): void => {
    if (isStopped || !isReady.current || stopWaiting !== null) return
    for (const lane of lanes.values()) {
      if (busy >= PARALLEL_ROOMS) return
      if (lane.current !== null || lane.stopResting !== null) continue
      const next = lane.items.find(({ record }) => record.error === null)
      if (next?.isKept === true) void attempt(lane, next)
    }
  }

  const stopListening = isReady.subscribe(() => {
    if (!isReady.current) return
    for (const lane of lanes.values()) if (!lane.isRestTold) stopRest(lane)
    pump()
  })

  return {
    pump,
    countIn: (roomId: string): number => lanes.get(roomId)?.items.length ?? 0,
    /** Whether it would be sent at once. */
    isFree: (roomId: string): boolean =>
      isReady.current &&
      stopWaiting === null &&
      busy < PARALLEL_ROOMS &&
      !(lanes.get(roomId)?.items.some(({ record }) => record.error === null) ?? false),
    isOnItsWay: (item: OutboxItem): boolean => lanes.get(item.record.roomId)?.current === item,
    insert(item: OutboxItem): void {
      const { items } = laneOf(item.record.roomId)
      // Nearly always the last one.
      const at = items.findLastIndex(({ record }) => record.order < item.record.order)
      items.splice(at + 1, 0, item)
    },
    remove(item: OutboxItem): void {
      const lane = lanes.get(item.record.roomId)
      const at = lane?.items.indexOf(item) ?? -1
      if (lane === undefined || at < 0) return
      lane.items.splice(at, 1)
      release(lane, item)
      if (lane.items.length > 0) return
      stopRest(lane)
      lanes.delete(item.record.roomId)
    },
    stop(): void {
      isStopped = true
      stopListening()
      stopWaiting?.()
      for (const lane of lanes.values()) stopRest(lane)
    },
  }
}
