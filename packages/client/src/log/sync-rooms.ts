import type { SyncResult } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import type { RoomTrack } from './room-track.ts'

export interface SyncRoomsPorts {
  readonly request: Connection['request']
  readonly track: (roomId: string) => RoomTrack | undefined
  /** Rooms of one command. */
  readonly roomsAtOnce: () => number
}

export interface SyncRooms {
  /** Until each of them is at the head that was answered. One after the other. */
  readonly run: (roomIds: readonly string[]) => Promise<void>
  /** A new session has begun: what was asked over the one before is not waited for, nor taken. */
  readonly renew: () => void
}

/** Positions of one epoch are asked for together: `sync` names one. */
function groupByEpoch(tracks: readonly RoomTrack[]): Map<number | null, string[]> {
  const groups = new Map<number | null, string[]>()
  for (const { epoch, roomId } of tracks) {
    const group = groups.get(epoch)
    if (group === undefined) groups.set(epoch, [roomId])
    else group.push(roomId)
  }
  return groups
}

export function createSyncRooms({ request, track, roomsAtOnce }: SyncRoomsPorts): SyncRooms {
  let generation = 0
  let last: Promise<unknown> = Promise.resolve()

  /** Answers the rooms that did not fit. */
  function take(asked: Readonly<Record<string, number>>, result: SyncResult): string[] {
    const open: string[] = []
    for (const [roomId, position] of Object.entries(asked)) {
      const sync = result.rooms[roomId]
      if (sync !== undefined) track(roomId)?.take(sync, position, result.epoch)
      else if (result.more === true) open.push(roomId)
    }
    return open
  }

  async function ask(roomIds: readonly string[], epoch: number | null, mine: number) {
    for (let open = [...roomIds]; open.length > 0;) {
      const rooms: Record<string, number> = {}
      for (const roomId of open) {
        const reached = track(roomId)?.reached
        if (reached !== undefined && reached !== null) rooms[roomId] = reached
      }
      const asked = Object.keys(rooms).length
      // No rooms at all would ask for all of mine.
      if (asked === 0) return
      const result = await request('sync', { rooms, ...(epoch !== null && { epoch }) })
      if (mine !== generation) throw unknownOutcome()
      open = take(rooms, result)
      if (open.length === asked) {
        const message = 'The server could not answer what was missed. It is asked again.'
        throw new ChatError({ code: 'SERVER_BUSY', message, retryable: true })
      }
    }
  }

  async function until(roomIds: readonly string[], mine: number): Promise<void> {
    const tracks = roomIds.flatMap((roomId) => track(roomId) ?? [])
    for (const [epoch, group] of groupByEpoch(tracks)) {
      const size = roomsAtOnce()
      for (let at = 0; at < group.length; at += size) {
        await ask(group.slice(at, at + size), epoch, mine)
      }
    }
  }

  return {
    run: (roomIds) => {
      const mine = generation
      const run = last.then(() => {
        if (mine !== generation) throw unknownOutcome()
        return until(roomIds, mine)
      })
      last = run.catch(() => undefined)
      return run
    },
    renew: () => {
      generation += 1
      last = Promise.resolve()
    },
  }
}
