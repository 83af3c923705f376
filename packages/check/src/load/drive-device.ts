import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationLine } from '../history/history-line.ts'
import { seededRandom } from '../seeded-random.ts'
import { fillOperation, type FillPorts } from './fill-operation.ts'
import type { Attempt, LoadClient } from './load-client.ts'
import type { Outcome } from './outcome.ts'
import type { Pacer } from './pacer.ts'
import type { PlannedOp } from './planned-op.ts'
import type { Recorder } from './recorder.ts'

export interface DriveOptions extends FillPorts {
  readonly client: LoadClient
  readonly ops: Iterable<PlannedOp>
  readonly pacer: Pacer
  readonly recorder: Recorder
  /** Operations of the device under way at the same time, at most. */
  readonly inFlight: number
  /** No operation begins after it. */
  readonly signal: AbortSignal
  /** What has no answer by then is given up: `info`. */
  readonly giveUp: AbortSignal
}

/** What one says in a room keeps its order; the rest need not wait for it. */
const IN_ORDER: ReadonlySet<Attempt['op']> = new Set(['send', 'edit', 'delete'])
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** Does what is planned for one device, and what has no answer again until it has one. */
export async function driveDevice(options: DriveOptions): Promise<void> {
  const { client, ops, pacer, inFlight, signal } = options
  const underWay = new Set<Promise<unknown>>()
  const lanes = new Map<string, Promise<unknown>>()
  for (const op of ops) {
    await pacer.turn(signal)
    if (signal.aborted) break
    const attempt = fillOperation(options, client, op)
    if (attempt === null) continue
    const isOrdered = client.isInLanes && IN_ORDER.has(attempt.op)
    const before = isOrdered ? lanes.get(attempt.roomId) : undefined
    const done: Promise<unknown> = Promise.resolve(before)
      .then(() => Promise.all(burstOf(attempt, op).map((one) => perform(options, one, op))))
      .finally(() => void underWay.delete(done))
    if (isOrdered) lanes.set(attempt.roomId, done)
    underWay.add(done)
    if (underWay.size >= inFlight) await Promise.race(underWay)
  }
  await Promise.all(underWay)
}

/** What is sent behind it says so, and is a message of its own. */
const burstOf = (attempt: Attempt, { burst }: PlannedOp): Attempt[] =>
  attempt.op === 'send'
    ? Array.from({ length: burst + 1 }, (_, at) =>
        at === 0 ? attempt : { ...attempt, key: randomUUID(), value: `${attempt.value}.${at}` },
      )
    : [attempt]

/** The id is ours, so that whatever is asked for under it can be told to be the same. */
const isKeyed = ({ isInLanes }: LoadClient, { op }: Attempt): boolean =>
  // The official client chooses the ids of edits and deletes itself.
  op === 'send' || (isInLanes && IN_ORDER.has(op))

async function perform(
  options: DriveOptions,
  attempt: Attempt,
  { isAskedTwice }: PlannedOp,
): Promise<void> {
  const { client, giveUp } = options
  // Chance that has nothing to do with what is planned.
  const random = seededRandom(attempt.key)
  for (let times = 0; !giveUp.aborted; times += 1) {
    await client.live(giveUp)
    if (giveUp.aborted) return
    const outcome = await attemptOnce(options, attempt, { times, how: 'attempt' })
    if (outcome.type === 'ok') {
      settled(client, attempt, outcome.result)
      if (isAskedTwice && isKeyed(client, attempt))
        await attemptOnce(options, attempt, { times: times + 1, how: 'repeat' })
      return
    }
    // Who types says so again by and by.
    if (outcome.type === 'fail' && (!outcome.mayRetry || attempt.op === 'typing')) return
    const backoffMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** times)
    const pauseMs = outcome.retryAfterMs + backoffMs * (0.5 + random() / 2)
    await sleep(pauseMs, undefined, { signal: giveUp }).catch(() => undefined)
  }
}

/** Asks, and writes down what became of it. */
export async function attemptOnce(
  { client, recorder, giveUp }: Pick<DriveOptions, 'client' | 'recorder' | 'giveUp'>,
  attempt: Attempt,
  { times, how }: { readonly times: number; readonly how: 'attempt' | 'repeat' },
): Promise<Outcome> {
  const { device } = client
  const invokedMs = recorder.now()
  const answered = await orAborted(client[how](attempt), giveUp)
  const outcome: Outcome = answered?.outcome ?? { type: 'info', error: 'GIVEN_UP', retryAfterMs: 0 }
  const { op, roomId, key, ref, value } = attempt
  const line: OperationLine = {
    kind: 'operation',
    process: device.name,
    userId: device.userId,
    via: answered?.via ?? device.via,
    op,
    ...(op !== 'presence' && { roomId }),
    ...(isKeyed(client, attempt) && { key }),
    ...(value !== undefined && { value }),
    ...(ref !== undefined && { ref }),
    ...(attempt.mode !== undefined && { mode: attempt.mode }),
    attempt: times,
    invokedMs,
    completedMs: answered === undefined ? null : recorder.now(),
    type: outcome.type,
    ...(outcome.type === 'ok' ? { result: outcome.result } : { error: outcome.error }),
  }
  recorder.write(line)
  return outcome
}

function settled(client: LoadClient, attempt: Attempt, result: Record<string, unknown>): void {
  const { op, roomId, ref, value } = attempt
  const { seq } = result
  if (op === 'send' && typeof seq === 'number') client.reading.sent(roomId, seq)
  if (op === 'delete' && ref !== undefined) client.reading.deleted(roomId, ref)
  if (op === 'react' && ref !== undefined && attempt.mode === undefined)
    client.reading.didReact(roomId, { seq: ref, key: String(value) })
}

function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(undefined)
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
