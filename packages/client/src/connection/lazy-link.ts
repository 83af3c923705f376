import type { Link, LinkKind, OpenLink } from './link.ts'

/** A way whose code is fetched when it is first needed. That it cannot be fetched is a link that fails. */
export function createLazyLink(kind: LinkKind, load: () => Promise<OpenLink>): OpenLink {
  let loading: Promise<OpenLink> | null = null
  const loaded = (): Promise<OpenLink> => {
    loading ??= load().catch((error: unknown) => {
      // The next attempt asks for it again.
      loading = null
      throw error
    })
    return loading
  }

  return (options, events) => {
    let link: Link | null = null
    let isClosed = false
    const opened = loaded().then((open) => {
      if (isClosed) throw new Error('The link was closed before it was opened.')
      link = open(options, events)
      return link
    })
    opened.catch(() => {
      if (!isClosed) events.closed({ cause: 'transport', wasReady: false })
      isClosed = true
    })
    return {
      get kind() {
        return link?.kind ?? kind
      },
      request: async (name, payload, timeoutMs) => (await opened).request(name, payload, timeoutMs),
      close() {
        isClosed = true
        link?.close()
      },
    }
  }
}
