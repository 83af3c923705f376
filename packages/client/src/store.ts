/**
 * A value that changes. `current` is immutable and stays the same object until something in it
 * changes, so it can be compared by identity: `useSyncExternalStore(store.subscribe, () => store.current)`.
 */
export interface Store<Value> {
  readonly current: Value
  /** Calls `listener` after each change. Answers what ends it. */
  readonly subscribe: (listener: () => void) => () => void
}

export interface WritableStore<Value> extends Store<Value> {
  readonly set: (value: Value) => void
}

/** A listener that throws does not keep the others from hearing of it. */
export function createStore<Value>(initial: Value): WritableStore<Value> {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get current() {
      return current
    },
    set(value) {
      if (Object.is(value, current)) return
      current = value
      tellEach(listeners, (listener) => listener())
    },
    subscribe(listener) {
      // A function given twice is two listeners.
      const own = (): void => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
}

/** Those that there are now. One that throws does not keep the others from hearing of it. */
export function tellEach<Listener>(
  listeners: Iterable<Listener>,
  tell: (listener: Listener) => void,
): void {
  for (const listener of Array.from(listeners)) {
    try {
      tell(listener)
    } catch (error) {
      reportError(error)
    }
  }
}

/** As an uncaught error, where it is seen, without ending what called us. */
export function reportError(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

/** Resolves with the first value, from now on, that `isSo`. Rejects when `signal` is aborted. */
export function waitFor<Value, Wanted extends Value>(
  store: Store<Value>,
  isSo: (value: Value) => value is Wanted,
  options?: { readonly signal?: AbortSignal },
): Promise<Wanted>
export function waitFor<Value>(
  store: Store<Value>,
  isSo: (value: Value) => boolean,
  options?: { readonly signal?: AbortSignal },
): Promise<Value>
export function waitFor<Value>(
  store: Store<Value>,
  isSo: (value: Value) => boolean,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let end: (() => void) | undefined
    const settle = (then: () => void): void => {
      end?.()
      signal?.removeEventListener('abort', abort)
      then()
    }
    const abort = (): void => settle(() => reject(signal?.reason))
    const look = (): void => {
      const { current } = store
      if (isSo(current)) settle(() => resolve(current))
    }
    if (signal?.aborted === true) return abort()
    if (isSo(store.current)) return resolve(store.current)
    signal?.addEventListener('abort', abort)
    end = store.subscribe(look)
  })
}
