import type { ChatOptions } from '../chat.ts'
import type { ConnectionPorts } from '../connection/create-connection.ts'
import type { GuaranteeMonitor } from '../connection/guarantee-monitor.ts'
import { createLazyLink } from '../connection/lazy-link.ts'
import type { OpenLink } from '../connection/link.ts'
import { createSocketLink, type SocketTransport } from '../connection/socket-link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { CallsDone } from '../rest/calls-done.ts'
import type { AccountTabs } from '../tabs/account-tabs.ts'

export interface LinkParts {
  readonly monitor: GuaranteeMonitor
  readonly call: CallRoute
  readonly tabs: AccountTabs | null
  readonly tabId: string
  readonly callsDone: CallsDone
}

const ALL = ['websocket', 'polling', 'http'] as const

const isOfSocket = (transport: string): transport is SocketTransport => transport !== 'http'

/** The ways to the server that the options leave: sockets, shared among tabs or not, and plain HTTP. */
export function chooseLinks(options: ChatOptions, parts: LinkParts): ConnectionPorts['links'] {
  if (options.openLink !== undefined) return { socket: options.openLink }
  const { monitor, call, tabs, tabId, callsDone } = parts
  const chosen = options.transports ?? ALL
  const transports = chosen.filter(isOfSocket)
  // Most pages have one tab and sockets that get through: the rest is fetched when it is needed.
  const share = (open: OpenLink, name: string): OpenLink => {
    if (options.tabs === 'own' || tabs === null) return open
    return createLazyLink('tab', async () => {
      const { createSharedLink } = await import('../tabs/shared-link.ts')
      return createSharedLink({ open, call, tabId, name, ...tabs })
    })
  }
  const http = createLazyLink('http', async () => {
    const { createHttpLink } = await import('../connection/http-link.ts')
    return createHttpLink({ fetch: options.fetch, callsDone })
  })
  return {
    ...(transports.length > 0 && {
      socket: share(createSocketLink({ transports, monitor }), 'socket'),
    }),
    ...(chosen.includes('http') && { http: share(http, 'http') }),
  }
}
