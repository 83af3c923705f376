import type { ChatOptions, GetToken } from '../chat.ts'
import { createBrowserNetwork } from '../connection/browser-network.ts'
import type { Connection } from '../connection/connection.ts'
import { createConnection } from '../connection/create-connection.ts'
import { createGuaranteeMonitor } from '../connection/guarantee-monitor.ts'
import type { Guarantees } from '../connection/guarantees.ts'
import { after } from '../after.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createCallRoute } from '../rest/create-call-route.ts'
import { createCallsDone } from '../rest/calls-done.ts'
import { steadyNow } from '../steady-now.ts'
import type { Store } from '../store.ts'
import type { AccountTabs } from '../tabs/account-tabs.ts'
import { chooseLinks } from './choose-links.ts'

export interface WayOptions {
  readonly options: ChatOptions
  readonly url: string
  readonly getToken: GetToken
  readonly tabs: AccountTabs | null
  readonly tabId: string
}

/** How the server is reached: the live connection, and REST beside it. */
export interface Way {
  readonly connection: Connection
  readonly call: CallRoute
  readonly guarantees: Store<Guarantees>
}

export function createWay({ options, url, getToken, tabs, tabId }: WayOptions): Way {
  const callsDone = createCallsDone()
  const call = createCallRoute({ url, getToken, fetch: options.fetch, onDone: callsDone.done })
  const monitor = createGuaranteeMonitor({ startTimer: after })
  const connection = createConnection({
    url,
    deviceId: tabId,
    getToken,
    links: chooseLinks(options, { monitor, call, tabs, tabId, callsDone }),
    network: createBrowserNetwork(),
    startTimer: after,
    now: steadyNow,
    wallNow: Date.now,
    random: Math.random,
  })
  return { connection, call, guarantees: monitor.guarantees }
}
