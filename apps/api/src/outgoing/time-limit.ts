/** Ends with its time, or with what it hangs on. Plain timers: nothing here depends on the collector. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** By the clock of `Date.now()`. */
  readonly endsAt: number
  readonly isOver: () => boolean
  /** Must be called: else the timer and the listener stay. */
  readonly release: () => void
}

export function startTimeLimit(ms: number, parent?: AbortSignal): TimeLimit {
  const controller = new AbortController()
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    controller.abort(new Error('The time is over.'))
  }, ms)
  const follow = (): void => controller.abort(parent?.reason)
  parent?.addEventListener('abort', follow, { once: true })
  if (parent?.aborted === true) follow()
  return {
    signal: controller.signal,
    endsAt: Date.now() + ms,
    isOver: () => isOver,
    release() {
      clearTimeout(timer)
      parent?.removeEventListener('abort', follow)
    },
  }
}

/** Rejects when the signal says so, whatever `work` does then. */
export function within<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
