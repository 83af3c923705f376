import { setMaxListeners } from 'node:events'
import type { Event } from '@parley/message-schema'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Device, LoadClient } from './load-client.ts'
import type { Recorder } from './recorder.ts'
import { attemptOverRest } from './rest-operations.ts'
import { createRest, type Rest } from './rest.ts'
import { RoomReading } from './room-reading.ts'
import type { SignIn } from './sign-in.ts'
import { untilTrue } from './until-true.ts'

export interface HttpClientOptions {
  readonly url: string
  readonly device: Device
  readonly signIn: SignIn
  readonly recorder: Recorder
  /** Rooms that it polls, whether its user is in them or not. */
  readonly roomIds: readonly string[]
}

interface EventsAnswer {
  readonly data: readonly Event[]
  readonly head: number
  readonly page: { readonly after: number | null; readonly hasMoreBefore: boolean }
}

const WAIT_MS = 20_000
const LIMIT = 500
const PAUSE_MS = 250
/** Between two pages: a request for each message of each reader would be most of what the API does. */
const BETWEEN_MS = 150
/** Between two looks whether one is let in again: as many a second, however many rooms there are. */
const OUTSIDE_MS = { aRoom: 200, atLeast: 1_000, atMost: 10_000 } as const
const OUTSIDE = new Set(['NOT_MEMBER', 'NOT_FOUND', 'BANNED'])

/** Speaks REST alone, and reads by a long poll of each room. */
export function createHttpClient(options: HttpClientOptions): LoadClient {
  const { url, device, signIn, recorder, roomIds } = options
  const reading = new RoomReading(recorder, device)
  const rest = createRest(url, signIn.getToken)
  const { aRoom, atLeast, atMost } = OUTSIDE_MS
  const outsideMs = Math.min(atMost, Math.max(atLeast, roomIds.length * aRoom))
  const ending = new AbortController()
  // One poll a room.
  setMaxListeners(0, ending.signal)
  const answered = new Set<string>()
  let isStarted = false
  const isLive = (): boolean => isStarted && answered.size === roomIds.length
  const polls: Promise<void>[] = []
  const attempt: LoadClient['attempt'] = async (asked) => ({
    outcome: await attemptOverRest(rest, asked),
  })
  return {
    device,
    reading,
    isInLanes: true,
    start() {
      isStarted = true
      for (const roomId of roomIds) {
        const poll = { rest, reading, roomId, outsideMs, signal: ending.signal }
        polls.push(pollRoom(poll, (isAnswered) => answered[isAnswered ? 'add' : 'delete'](roomId)))
      }
    },
    live: (signal) => untilTrue(isLive, signal),
    isLive,
    attempt,
    repeat: attempt,
    async close() {
      ending.abort()
      await Promise.all(polls)
    },
  }
}

interface Poll {
  readonly rest: Rest
  readonly reading: RoomReading
  readonly roomId: string
  readonly outsideMs: number
  readonly signal: AbortSignal
}

async function pollRoom(poll: Poll, say: (isAnswered: boolean) => unknown): Promise<void> {
  const { rest, reading, roomId, outsideMs, signal } = poll
  while (!signal.aborted) {
    const after = reading.position(roomId) ?? 0
    const askedMs = reading.now()
    const outcome = await rest({
      method: 'GET',
      path: `/v1/rooms/${roomId}/events?after=${after}&limit=${LIMIT}&waitMs=${WAIT_MS}`,
      timeoutMs: WAIT_MS + 5_000,
      signal,
    })
    if (signal.aborted) return
    say(outcome.type === 'ok' || (outcome.type === 'fail' && OUTSIDE.has(outcome.error)))
    if (outcome.type === 'ok') {
      takePage(poll, { after, askedMs }, outcome.result as unknown as EventsAnswer)
      await sleep(BETWEEN_MS, undefined, { signal }).catch(() => undefined)
    } else {
      const isOut = outcome.type === 'fail' && OUTSIDE.has(outcome.error)
      if (isOut) reading.remove(roomId, outcome.error)
      const pauseMs = Math.max(isOut ? outsideMs : PAUSE_MS, outcome.retryAfterMs)
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

function takePage(
  { reading, roomId }: Poll,
  { after, askedMs }: { readonly after: number; readonly askedMs: number },
  { data, page }: EventsAnswer,
): void {
  const first = data[0]?.seq
  // Where one sees only what was said since one came, and has left and come back meanwhile.
  const isLater = first !== undefined && first > after + 1 && !page.hasMoreBefore
  const isNew = reading.position(roomId) === null || isLater
  if (isNew) reading.startAt(roomId, first === undefined ? (page.after ?? after) : first - 1)
  reading.take(roomId, data, 'page', askedMs)
}
