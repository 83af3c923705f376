import type { Route } from './call-route.ts'

export interface CallsDone {
  /** For `onDone` of `createCallRoute`. */
  readonly done: (route: Route) => void
  /** Called after each call of mine that succeeded. Answers what ends it. */
  readonly subscribe: (listener: (route: Route) => void) => () => void
}

/** What I did myself: a link that polls would learn late of what it changed. */
export function createCallsDone(): CallsDone {
  const listeners = new Set<(route: Route) => void>()
  return {
    done(route) {
      for (const listener of listeners) listener(route)
    },
    subscribe(listener) {
      const own = (route: Route): void => listener(route)
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
}
