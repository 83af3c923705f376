/** The part of `navigator.locks` that is used. A lock is free when its tab is gone, however it went. */
export interface TabLocks {
  readonly request: <Result>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    hold: () => Promise<Result>,
  ) => Promise<Result>
}

export interface LockEvents {
  readonly granted: () => void
  /** Another one took it; or there are no locks to be had here. Not called after the release. */
  readonly lost: (isStolen: boolean) => void
}

/**
 * Asks for a lock and holds it until the answer is called, which also gives up waiting for it.
 * `steal` takes it from whoever holds it.
 */
export function holdLock(
  locks: TabLocks,
  name: string,
  events: LockEvents,
  steal = false,
): () => void {
  const waiting = new AbortController()
  let isReleased = false
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const hold = (): Promise<void> => {
    if (!isReleased) events.granted()
    return released
  }
  // A lock cannot be stolen and waited for at once.
  locks.request(name, steal ? { steal } : { signal: waiting.signal }, hold).then(
    () => undefined,
    (error: unknown) => {
      if (isReleased) return
      events.lost(error instanceof DOMException && error.name === 'AbortError')
    },
  )
  return () => {
    isReleased = true
    release()
    waiting.abort()
  }
}

/** Those of the browser; `null` where there are none (Node, old browsers, plain http). */
export function browserLocks(): TabLocks | null {
  if (typeof navigator !== 'object' || navigator.locks === undefined) return null
  return {
    request: <Result>(
      name: string,
      options: { signal?: AbortSignal; steal?: boolean },
      hold: () => Promise<Result>,
    ): Promise<Result> => navigator.locks.request(name, options, hold) as Promise<Result>,
  }
}
