export interface OverdueHeads {
  /** A head that was heard of and not reached: often its events are on their way. */
  readonly note: (roomId: string) => void
  readonly clear: () => void
}

/** A head that is not reached in so long will not come by itself. */
const PATIENCE_MS = 2_000

/** Calls `overdue` with rooms of which a head was heard of two seconds ago, together. */
export function createOverdueHeads(overdue: (roomIds: readonly string[]) => void): OverdueHeads {
  const since = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function arm(): void {
    const first = since.values().next()
    if (timer !== undefined || first.done === true) return
    timer = setTimeout(look, Math.max(0, first.value + PATIENCE_MS - Date.now()))
  }

  function look(): void {
    timer = undefined
    const due: string[] = []
    // In the order in which they were noted.
    for (const [roomId, at] of since) {
      if (at + PATIENCE_MS > Date.now()) break
      since.delete(roomId)
      due.push(roomId)
    }
    if (due.length > 0) overdue(due)
    arm()
  }

  return {
    note: (roomId) => {
      if (!since.has(roomId)) since.set(roomId, Date.now())
      arm()
    },
    clear: () => {
      since.clear()
      clearTimeout(timer)
      timer = undefined
    },
  }
}
