import type { Route } from './call-route.ts'

const CHANGES: ReadonlySet<Route> = new Set<Route>([
  'POST /v1/rooms',
  'POST /v1/dms',
  'DELETE /v1/rooms/:id',
  'PUT /v1/rooms/:id/members/:userId',
  'DELETE /v1/rooms/:id/members/:userId',
  'POST /v1/invites/:code/accept',
  'POST /v1/me/invites/:id/accept',
])

export interface RoomsChanged {
  /** For `onDone` of `createCallRoute`. */
  readonly done: (route: Route) => void
  /** Called when I may be in other rooms than before, by something that I did. */
  readonly subscribe: (listener: () => void) => () => void
}

/** A link that polls would learn late of rooms that I have joined or left myself. */
export function createRoomsChanged(): RoomsChanged {
  const listeners = new Set<() => void>()
  return {
    done(route) {
      if (CHANGES.has(route)) for (const listener of listeners) listener()
    },
    subscribe(listener) {
      const own = (): void => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
}
