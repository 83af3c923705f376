import { ParleyError } from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'

export interface RoomToErase {
  readonly roomId: string
  readonly retentionDays: number
  readonly erasedTo: number
  readonly head: number
}

/** A room whose log says that bodies up to `toSeq` are gone, while they are there up from `fromSeq`. */
export interface RoomToPurge {
  readonly roomId: string
  readonly fromSeq: number
  readonly toSeq: number
}

export interface RetentionStore {
  /** Rooms that keep bodies for a time only, in the order of their ids, after `after`. */
  readonly rooms: (after: string | undefined, limit: number) => Promise<RoomToErase[]>
  readonly sentAt: (roomId: string, seq: number) => Promise<Date | null>
  readonly hasMessages: (roomId: string, fromSeq: number, toSeq: number) => Promise<boolean>
  /** From now on the room is looked at when bodies are purged. */
  readonly notePurge: (roomId: string) => Promise<void>
  readonly toPurge: (after: string | undefined, limit: number) => Promise<RoomToPurge[]>
  /** Rooms that were deleted longer ago than this, with bodies. */
  readonly deletedRooms: (olderThanDays: number, limit: number) => Promise<RoomToPurge[]>
  /** Bodies and what hangs on them, from and to included; in one transaction with the note of it. */
  readonly purge: (roomId: string, fromSeq: number, toSeq: number) => Promise<void>
}

export interface RetentionPorts {
  readonly store: RetentionStore
  readonly run: RunCommand
  readonly removeFromSearch: (roomId: string, toSeq: number) => Promise<void>
  /** A deleted room keeps its bodies for so many days. */
  readonly graceDays: number
}

const DAY_MS = 24 * 3_600_000
const ROOMS_AT_ONCE = 200
/** Of an error that is logged. */
const NAMED_FAILURES = 10
/** Rows of one transaction: it holds their locks. */
const EVENTS_AT_ONCE = 500

/**
 * The last `seq` that was written before a moment: times ascend with it, as good as always, so that
 * halving finds it in as many look-ups as its number has bits.
 */
export async function lastBefore(
  sentAt: (seq: number) => Promise<Date | null>,
  from: number,
  head: number,
  moment: number,
): Promise<number> {
  let low = from
  let high = head
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const at = await sentAt(middle)
    if (at !== null && at.getTime() < moment) low = middle
    else high = middle - 1
  }
  return low
}

/** What went wrong with single rooms: it does not hold up the others, and is told at the end. */
class RoomFailures {
  readonly #errors: Error[] = []

  /** False if it failed. */
  async attempt(roomId: string, doing: () => Promise<void>): Promise<boolean> {
    try {
      await doing()
      return true
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      this.#errors.push(new Error(`What is too old stays in room ${roomId}: ${reason}`, { cause }))
      return false
    }
  }

  throwIfAny(): void {
    const [first] = this.#errors
    if (first === undefined) return
    if (this.#errors.length === 1) throw first
    throw new AggregateError(
      this.#errors.slice(0, NAMED_FAILURES),
      `What is too old stays in ${this.#errors.length} rooms, of which the first are named.`,
    )
  }
}

async function announceRoom(
  { store, run }: RetentionPorts,
  { roomId, retentionDays, erasedTo, head }: RoomToErase,
): Promise<void> {
  const moment = Date.now() - retentionDays * DAY_MS
  const to = await lastBefore((seq) => store.sentAt(roomId, seq), erasedTo, head, moment)
  // Where only other events are too old, there is nothing to erase and nothing to say.
  if (to <= erasedTo || !(await store.hasMessages(roomId, erasedTo + 1, to))) return
  await store.notePurge(roomId)
  await run({
    kind: 'room:update',
    roomId,
    actor: { id: 'retention', kind: 'system' },
    change: { erasedTo: to },
  }).catch((error: unknown) => {
    // Deleted meanwhile: its bodies go another way.
    if (!(error instanceof ParleyError && error.code === 'NOT_FOUND')) throw error
  })
}

/** Says in the logs what is too old. From then on readers know that it is gone. */
async function announce(
  ports: RetentionPorts,
  failures: RoomFailures,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined
  while (!signal.aborted) {
    const rooms = await ports.store.rooms(after, ROOMS_AT_ONCE)
    for (const room of rooms) {
      if (signal.aborted) return
      await failures.attempt(room.roomId, () => announceRoom(ports, room))
    }
    after = rooms.at(-1)?.roomId
    if (rooms.length < ROOMS_AT_ONCE) return
  }
}

/** Piece by piece, each noted: whoever goes on after a crash begins where it ended. */
async function purgeRoom(
  { store, removeFromSearch }: RetentionPorts,
  { roomId, fromSeq, toSeq }: RoomToPurge,
  signal: AbortSignal,
): Promise<void> {
  for (let from = fromSeq; from <= toSeq && !signal.aborted; from += EVENTS_AT_ONCE) {
    const to = Math.min(toSeq, from + EVENTS_AT_ONCE - 1)
    // The note that a piece is done is written with its bodies: what finds them has to be gone before.
    await removeFromSearch(roomId, to)
    await store.purge(roomId, from, to)
  }
}

async function purgeErased(
  ports: RetentionPorts,
  failures: RoomFailures,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined
  while (!signal.aborted) {
    const rooms = await ports.store.toPurge(after, ROOMS_AT_ONCE)
    for (const room of rooms) {
      if (signal.aborted) return
      await failures.attempt(room.roomId, () => purgeRoom(ports, room, signal))
    }
    after = rooms.at(-1)?.roomId
    if (rooms.length < ROOMS_AT_ONCE) return
  }
}

async function purgeDeleted(
  ports: RetentionPorts,
  failures: RoomFailures,
  signal: AbortSignal,
): Promise<void> {
  // They are found again by every look, as nothing is noted of them.
  const failed = new Set<string>()
  while (!signal.aborted) {
    const limit = ROOMS_AT_ONCE + failed.size
    const rooms = await ports.store.deletedRooms(ports.graceDays, limit)
    for (const room of rooms) {
      if (signal.aborted) return
      if (failed.has(room.roomId)) continue
      const isDone = await failures.attempt(room.roomId, async () => {
        await ports.store.notePurge(room.roomId)
        await purgeRoom(ports, room, signal)
      })
      if (!isDone) failed.add(room.roomId)
    }
    if (rooms.length < limit) return
  }
}

/** What every run of the job does. Done twice, or by two workers, it ends the same. */
export function createEraseOld(ports: RetentionPorts): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const failures = new RoomFailures()
    await announce(ports, failures, signal)
    await purgeErased(ports, failures, signal)
    await purgeDeleted(ports, failures, signal)
    failures.throwIfAny()
  }
}
