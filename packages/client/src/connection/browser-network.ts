import { type Network, type NetworkChange, SILENT_NETWORK } from './network.ts'

/** Of a page or a worker; elsewhere nothing is ever told. */
export function createBrowserNetwork(scope: typeof globalThis = globalThis): Network {
  // Node has a navigator too, and no events of a network.
  if (typeof scope.addEventListener !== 'function') return SILENT_NETWORK
  const page = (scope as { readonly document?: Document }).document
  return {
    isOnline: () => (scope.navigator as Navigator | undefined)?.onLine !== false,
    listen(listener) {
      const ending = new AbortController()
      const on = (target: EventTarget | undefined, name: string, change: NetworkChange): void =>
        target?.addEventListener(
          name,
          () => {
            if (target !== page || page?.visibilityState === 'visible') listener(change)
          },
          ending,
        )
      on(scope, 'online', 'back')
      on(scope, 'offline', 'lost')
      // Kept and shown again by the back button: its sockets were closed meanwhile.
      on(scope, 'pageshow', 'shown')
      on(page, 'visibilitychange', 'shown')
      return () => ending.abort()
    },
  }
}
