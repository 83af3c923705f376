import { type Network, type NetworkChange, SILENT_NETWORK } from './network.ts'

/** Of a page or a worker; elsewhere nothing is ever told. */
export function createBrowserNetwork(scope: typeof globalThis = globalThis): Network {
  // Node has a navigator too, and no events of a network.
  if (typeof scope.addEventListener !== 'function') return SILENT_NETWORK
  const page = (scope as { readonly document?: Document }).document
  return {
    isOnline: () => (scope.navigator as Navigator | undefined)?.onLine !== false,
    listen(listener) {
      const ends = [
        on(scope, 'online', 'back'),
        on(scope, 'offline', 'lost'),
        // Kept and shown again by the back button: its sockets were closed meanwhile.
        on(scope, 'pageshow', 'shown'),
        ...(page === undefined ? [] : [on(page, 'visibilitychange', 'shown')]),
      ]
      return () => {
        for (const end of ends) end()
      }

      function on(target: EventTarget, name: string, change: NetworkChange): () => void {
        const heard = (): void => {
          if (name !== 'visibilitychange' || page?.visibilityState === 'visible') listener(change)
        }
        target.addEventListener(name, heard)
        return () => target.removeEventListener(name, heard)
      }
    },
  }
}
