import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import { steadyNow } from '../steady-now.ts'
import { createRepeater } from './create-repeater.ts'
import type { RoomTrack } from './room-track.ts'

export interface CatchUpPorts {
  readonly connection: Pick<Connection, 'request' | 'session' | 'state'>
  readonly tracks: ReadonlyMap<string, RoomTrack>
  readonly random?: (() => number) | undefined
}

export interface CatchUp {
  /** Until each of them is at the head that was answered. One call after the other. */
  readonly run: (roomIds: readonly string[]) => Promise<void>
  /**
   * As `run`, soon, and again until it was answered or the session ends, also where nothing is known to be missing:
   * whether it is mine is not sure.
   */
  readonly doubt: (roomId: string) => void
  /** Something of it was heard: what is missing now is asked for, at once or when it stays away. */
  readonly look: (track: RoomTrack) => void
  /** A new session has begun: what was asked over the one before is not waited for, nor taken. */
  readonly renew: () => void
  readonly stop: () => void
}

/** Rooms of one command. */
const SYNC_ROOMS = 500
/** A head that is not reached in so long will not come by itself: often its events are on their way. */
const PATIENCE_MS = 2_000

/** Brings rooms to their heads, by `sync`. */
export function createCatchUp({ connection, tracks, random }: CatchUpPorts): CatchUp {
  /** Whether each is to be asked for also where nothing is known to be missing. */
  const behind = new Map<string, boolean>()
  /** Rooms with a head that is not reached, and since when: the first noted first. */
  const expecting = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let generation = 0
  let last: Promise<unknown> = Promise.resolve()
  const isBehind = (roomId: string): boolean => tracks.get(roomId)?.isBehind === true

  const repair = createRepeater({
    random,
    // The next session catches up with everything.
    mayRetry: () => connection.state.current.via !== null,
    async run() {
      const due = [...behind].filter(([roomId, isDoubted]) => isDoubted || isBehind(roomId))
      behind.clear()
      try {
        await run(due.map(([roomId]) => roomId))
      } catch (error) {
        for (const [roomId, isDoubted] of due) behind.set(roomId, isDoubted)
        throw error
      }
    },
  })
  const soon = (roomId: string, isDoubted = behind.get(roomId) ?? false): void => {
    behind.set(roomId, isDoubted)
    repair.ask()
  }

  const expect = (): void => {
    const [first] = expecting.values()
    if (first !== undefined) timer ??= setTimeout(expectNoMore, first + PATIENCE_MS - steadyNow())
  }
  function expectNoMore(): void {
    timer = undefined
    for (const [roomId, since] of expecting) {
      if (since + PATIENCE_MS > steadyNow()) break
      expecting.delete(roomId)
      if (isBehind(roomId)) soon(roomId)
    }
    expect()
  }

  const look = (track: RoomTrack): void => {
    const { roomId } = track
    if (track.hasGap) return soon(roomId)
    if (!track.isBehind) return
    if (!expecting.has(roomId)) expecting.set(roomId, steadyNow())
    expect()
  }
  const run = (roomIds: readonly string[]): Promise<void> => {
    const mine = generation
    const check = (): void => {
      if (mine !== generation) throw unknownOutcome()
    }
    const done = last.then(async () => {
      check()
      await syncAll(connection, tracks, roomIds, check)
      for (const id of roomIds) if (tracks.get(id)?.hasGap) soon(id)
    })
    last = done.catch(() => undefined)
    return done
  }
  const stop = (): void => {
    generation += 1
    repair.stop()
    behind.clear()
    expecting.clear()
    clearTimeout(timer)
    timer = undefined
  }
  const renew = (): void => {
    stop()
    last = Promise.resolve()
  }
  return { run, doubt: (roomId) => soon(roomId, true), look, renew, stop }
}

/** `check` throws where an answer is not to be taken. */
async function syncAll(
  { request, session }: CatchUpPorts['connection'],
  tracks: CatchUpPorts['tracks'],
  roomIds: readonly string[],
  check: () => void,
): Promise<void> {
  const open = new Set(roomIds)
  for (;;) {
    const rooms: Record<string, number> = {}
    let free = session.current?.limits['syncRooms'] ?? SYNC_ROOMS
    let epoch: number | null | undefined
    for (const roomId of open) {
      const track = tracks.get(roomId)
      const reached = track?.reached ?? null
      if (track === undefined || reached === null) open.delete(roomId)
      // One command names one epoch.
      else if (free > 0 && (epoch === undefined || track.epoch === epoch)) {
        free -= 1
        epoch = track.epoch
        rooms[roomId] = reached
      }
    }
    // No rooms at all would ask for all of mine.
    if (epoch === undefined) return
    const result = await request('sync', { rooms, ...(epoch !== null && { epoch }) })
    check()
    let isStuck = true
    for (const [roomId, asked] of Object.entries(rooms)) {
      const sync = result.rooms[roomId]
      if (!sync && result.more) continue
      isStuck = false
      open.delete(roomId)
      if (sync) tracks.get(roomId)?.take(sync, asked, result.epoch)
    }
    if (isStuck) {
      const message = 'The server could not answer what was missed.'
      throw new ChatError({ code: 'SERVER_BUSY', message, retryable: true })
    }
  }
}
