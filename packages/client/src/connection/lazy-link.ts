import { loadLater } from '../load-later.ts'
import type { Link, LinkKind, OpenLink } from './link.ts'

/** A way whose code is fetched when it is first needed. That it cannot be fetched is a link that fails. */
export function createLazyLink(kind: LinkKind, load: () => Promise<OpenLink>): OpenLink {
  const loaded = loadLater(load)
  return (options, events) => {
    let link: Link | undefined
    let isClosed = false
    const opened = loaded().then((open) => {
      if (isClosed) throw new Error('The link is closed.')
      return (link = open(options, events))
    })
    opened.catch(() => {
      if (!isClosed) events.closed({ cause: 'transport', wasReady: false })
      isClosed = true
    })
    return {
      get kind() {
        return link?.kind ?? kind
      },
      request: async (...command) => (await opened).request(...command),
      close() {
        isClosed = true
        link?.close()
      },
    }
  }
}
