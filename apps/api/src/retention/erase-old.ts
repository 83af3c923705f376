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

/** Says in the logs what is too old. From then on readers know that it is gone. */
async function announce({ store, run }: RetentionPorts, signal: AbortSignal): Promise<void> {
  let after: string | undefined
  while (!signal.aborted) {
    const rooms = await store.rooms(after, ROOMS_AT_ONCE)
    for (const { roomId, retentionDays, erasedTo, head } of rooms) {
      const moment = Date.now() - retentionDays * DAY_MS
      const to = await lastBefore((seq) => store.sentAt(roomId, seq), erasedTo, head, moment)
      // Where only other events are too old, there is nothing to erase and nothing to say.
      if (to <= erasedTo || !(await store.hasMessages(roomId, erasedTo + 1, to))) continue
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

async function purgeErased(ports: RetentionPorts, signal: AbortSignal): Promise<void> {
  let after: string | undefined
  while (!signal.aborted) {
    const rooms = await ports.store.toPurge(after, ROOMS_AT_ONCE)
    for (const room of rooms) await purgeRoom(ports, room, signal)
    after = rooms.at(-1)?.roomId
    if (rooms.length < ROOMS_AT_ONCE) return
  }
}

async function purgeDeleted(ports: RetentionPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const rooms = await ports.store.deletedRooms(ports.graceDays, ROOMS_AT_ONCE)
    for (const room of rooms) {
      await ports.store.notePurge(room.roomId)
      await purgeRoom(ports, room, signal)
    }
    if (rooms.length < ROOMS_AT_ONCE) return
  }
}

/** What every run of the job does. Done twice, or by two workers, it ends the same. */
export function createEraseOld(ports: RetentionPorts): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    await announce(ports, signal)
    await purgeErased(ports, signal)
    await purgeDeleted(ports, signal)
  }
}
