import type { Sync, SyncResult } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { LinkEvents } from '../connection/link.ts'
import type { CallRoute } from './call-route.ts'
import { steadyNow } from '../steady-now.ts'
import { createFollowInvites } from './follow-invites.ts'
import type { Pause } from './pause.ts'
import { createRoomPositions, type RoomPositions } from './room-positions.ts'

export interface FollowRoomsPorts {
  readonly call: CallRoute
  readonly epoch: number
  readonly fact: LinkEvents['fact']
  /** Nothing is followed any more: no answer, or a room is too far behind. Sync anew. */
  readonly lost: () => void
  readonly refused: (error: ChatError) => void
  readonly restored: () => void
  readonly sleep: Pause
  readonly random: () => number
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface FollowRooms {
  /** As over a socket: nothing is told between request and answer, and it goes on after the answer. */
  readonly sync: (payload: Sync, signal: AbortSignal) => Promise<SyncResult>
  /** Looks now whether I am in other rooms than before. */
  readonly lookSoon: () => void
}

const WAIT_MS = 25_000
/** Where there are more rooms than can be waited for at once, each gets its turn soon. */
const SHORT_WAIT_MS = 2_000
const ROOMS = 500
/** A browser has six connections to one origin, and they are wanted for other things too. */
const POLLS = 2
const LOOK_EVERY_MS = 15_000
const FAILURES = 3
const HOLD_MS = 1_000
/** Who talks much is heard in handfuls. */
const NEWS_PAUSE_MS = 50
/** An answer without news that came too early: somebody between us does not let us wait. */
const EARLY_PAUSE_MS = 1_000
const FIRST_BACKOFF_MS = 500

const isAuth = (error: unknown): error is ChatError =>
  error instanceof ChatError && error.code.startsWith('AUTH_')

/** Answers whether to go on: three failures in a row, or a refusal, end it. */
function createFailures({ refused, lost, sleep, random, signal }: FollowRoomsPorts) {
  let failures = 0
  return {
    reset: () => void (failures = 0),
    async mayGoOn(cause: unknown, stop: AbortSignal): Promise<boolean> {
      if (stop.aborted || signal.aborted) return false
      if (isAuth(cause)) {
        refused(cause)
        return false
      }
      failures += 1
      if (failures >= FAILURES) {
        lost()
        return false
      }
      const askedMs = cause instanceof ChatError ? (cause.retryAfterMs ?? 0) : 0
      const backoffMs = FIRST_BACKOFF_MS * 2 ** failures * (0.5 + random() / 2)
      await sleep(askedMs + backoffMs, stop).catch(() => undefined)
      return !stop.aborted
    },
  }
}

/** The live stream by long polls: one for at most 500 rooms, two at the same time. */
function createPolls(ports: FollowRoomsPorts, positions: RoomPositions) {
  const { call, epoch, sleep, signal: ended } = ports
  let polling = new AbortController()

  async function pollOnce(
    roomIds: readonly string[],
    waitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const rooms = positions.of(roomIds)
    const startedAt = steadyNow()
    const body = { rooms, epoch, waitMs }
    const answer = await call('POST /v1/sync', { body, signal })
    // The positions may be other ones by now.
    signal.throwIfAborted()
    if (positions.take(answer)) return await sleep(NEWS_PAUSE_MS, signal)
    if (steadyNow() - startedAt < waitMs / 2) await sleep(EARLY_PAUSE_MS, signal)
  }

  async function work(lists: (readonly string[])[], waitMs: number, signal: AbortSignal) {
    const failures = createFailures(ports)
    for (let list = lists.shift(); list !== undefined; list = lists.shift()) {
      const mine = list.filter((roomId) => positions.has(roomId))
      if (mine.length === 0) continue
      try {
        await pollOnce(mine, waitMs, signal)
        failures.reset()
      } catch (error) {
        if (!(await failures.mayGoOn(error, signal))) return
      }
      if (signal.aborted) return
      lists.push(mine)
    }
  }

  return {
    stop: () => polling.abort(),
    start() {
      polling.abort()
      if (ended.aborted) return
      const { signal } = (polling = new AbortController())
      ended.addEventListener('abort', () => polling.abort(), { once: true, signal })
      const roomIds = positions.all()
      const lists: (readonly string[])[] = []
      for (let n = 0; n < roomIds.length; n += ROOMS) lists.push(roomIds.slice(n, n + ROOMS))
      const waitMs = lists.length > POLLS ? SHORT_WAIT_MS : WAIT_MS
      const workers = Math.min(POLLS, lists.length)
      for (let n = 0; n < workers; n += 1) void work(lists, waitMs, signal)
    },
  }
}

/** One after the other, whatever becomes of those before. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const result = last.then(run, run)
    last = result
    return result
  }
}

/** `heads` is the answer of the `sync` with `{}` that opened the session. */
export function createFollowRooms(ports: FollowRoomsPorts, heads: SyncResult): FollowRooms {
  const { call, sleep, random, signal: ended } = ports
  const positions = createRoomPositions(ports, heads)
  const polls = createPolls(ports, positions)
  // An answer that was asked for before a room was joined must not be read after the joining.
  const inTurn = createTurns()
  const lookForInvites = createFollowInvites(call, ports.fact, ended)
  let isHeld = true
  let syncs = 0
  let napping = new AbortController()
  let isLookWanted = false

  function goOn(): void {
    if (!isHeld && syncs === 0) polls.start()
  }

  /** Until the first `sync` is answered the rooms are silent, or for a second if none comes. */
  function hold(): void {
    sleep(HOLD_MS, ended).then(
      () => {
        if (!isHeld || syncs > 0) return
        isHeld = false
        goOn()
      },
      () => undefined,
    )
  }

  async function sync(payload: Sync, signal: AbortSignal): Promise<SyncResult> {
    syncs += 1
    polls.stop()
    try {
      const answer = await inTurn(() => call('POST /v1/sync', { body: payload, signal }))
      positions.adopt(answer, Object.keys(payload.rooms ?? {}).length === 0)
      if (isHeld) isHeld = answer.more === true
      return answer
    } finally {
      syncs -= 1
      if (isHeld) hold()
      goOn()
    }
  }

  async function look(): Promise<void> {
    const hasMore = await inTurn(async () =>
      positions.compare(await call('POST /v1/sync', { body: {}, signal: ended })),
    )
    if (hasMore) goOn()
    await lookForInvites()
  }

  /** Rooms come and go seldom, and there is no waiting for them. */
  async function keepLooking(): Promise<void> {
    const failures = createFailures(ports)
    while (!ended.aborted) {
      if (!isLookWanted) {
        napping = new AbortController()
        const { signal } = napping
        ended.addEventListener('abort', () => napping.abort(), { once: true, signal })
        await sleep(LOOK_EVERY_MS * (0.9 + random() / 5), signal).catch(() => undefined)
        napping.abort()
      }
      if (ended.aborted) return
      isLookWanted = false
      try {
        await look()
        failures.reset()
      } catch (error) {
        if (!(await failures.mayGoOn(error, ended))) return
      }
    }
  }

  hold()
  void keepLooking()
  return {
    sync,
    lookSoon() {
      isLookWanted = true
      napping.abort()
    },
  }
}
