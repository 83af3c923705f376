export interface OpenRoom {
  readonly opened: () => void
  readonly closed: () => void
}

export interface OpenRooms {
  /** Answers what closes it; closing twice counts once. */
  readonly open: (roomId: string, room: OpenRoom) => () => void
  readonly stop: () => void
}

/** What was read stays so long for a quick return … */
const KEEP_MS = 60_000
/** … of so many rooms that are closed. */
const KEEP_ROOMS = 20

interface Held {
  readonly room: OpenRoom
  count: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Counts who has opened a room, and lets go of it a while after the last one has closed it. */
export function createOpenRooms(): OpenRooms {
  const held = new Map<string, Held>()

  function letGo(roomId: string, one: Held): void {
    clearTimeout(one.timer)
    held.delete(roomId)
    one.room.closed()
  }

  function keep(roomId: string, one: Held): void {
    // To the end of the order: those that were closed first go first.
    held.delete(roomId)
    held.set(roomId, one)
    one.timer = setTimeout(() => letGo(roomId, one), KEEP_MS)
    const closed = [...held].filter(([, { count }]) => count === 0)
    const [oldest] = closed
    if (closed.length > KEEP_ROOMS && oldest !== undefined) letGo(...oldest)
  }

  return {
    open: (roomId, room) => {
      const one = held.get(roomId) ?? { room, count: 0, timer: undefined }
      const isNew = !held.has(roomId)
      held.set(roomId, one)
      clearTimeout(one.timer)
      one.count += 1
      if (isNew) room.opened()
      let isClosed = false
      return () => {
        if (isClosed) return
        isClosed = true
        one.count -= 1
        if (one.count === 0 && held.get(roomId) === one) keep(roomId, one)
      }
    },
    stop: () => {
      for (const [roomId, one] of new Map(held)) letGo(roomId, one)
    },
  }
}
