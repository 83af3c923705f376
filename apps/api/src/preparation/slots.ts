/** At most so many at the same time; the others wait in their order. */
export interface Slots {
  /** Resolves to what gives the slot back. Rejects when time is up. */
  readonly take: (deadline: AbortSignal) => Promise<() => void>
}

export function createSlots(count: number): Slots {
  let free = count
  const waiting = new Set<() => void>()
  function release(): void {
    const [next] = waiting
    if (next === undefined) free += 1
    else {
      waiting.delete(next)
      next()
    }
  }
  return {
    take: (deadline) =>
      new Promise((resolve, reject) => {
        if (free > 0) {
          free -= 1
          resolve(release)
          return
        }
        const begin = (): void => {
          deadline.removeEventListener('abort', giveUp)
          resolve(release)
        }
        const giveUp = (): void => {
          waiting.delete(begin)
          reject(deadline.reason as Error)
        }
        waiting.add(begin)
        deadline.addEventListener('abort', giveUp, { once: true })
      }),
  }
}
