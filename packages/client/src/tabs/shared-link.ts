import { unknownOutcome } from '../chat-error.ts'
import type { Link, LinkEvents, LinkOptions, OpenLink } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { after as afterTimeout, type After } from './after.ts'
import { createLeaderHub, type LeaderHub } from './leader-hub.ts'
import { hasTabChannels, openTabChannel, type OpenTabChannel } from './tab-channel.ts'
import { createTabLink, type TabLink } from './tab-link.ts'
import { browserLocks, holdLock, type TabLocks } from './tab-lock.ts'
import { readTabMessage, TAB_PROTOCOL } from './tab-message.ts'

export interface SharedLinkPorts {
  readonly open: OpenLink
  readonly call: CallRoute
  /** The same in all tabs of one account: made of the address of the server and the user id. */
  readonly name: string
  /** New with every load of the page. */
  readonly tabId: string
  readonly locks?: TabLocks | null
  readonly openChannel?: OpenTabChannel | null
  readonly after?: After
  /** Tells when the page is put away and taken out again: `window`. */
  readonly page?: Pick<EventTarget, 'addEventListener'> | null
}

interface Handle {
  readonly options: LinkOptions
  readonly events: LinkEvents
  readonly tab: TabLink
  /** Once this tab leads. */
  own: Link | null
}

/**
 * One socket for all tabs of an account. The tab that holds the lock leads: its links are real ones, by
 * `open`; those of the others go through it. It leads as long as it has a link: between two attempts
 * whoever tries first may lead. Without locks or channels every tab has its own socket.
 */
export function createSharedLink(ports: SharedLinkPorts): OpenLink {
  const { locks = browserLocks(), page = globalThis.window ?? null } = ports
  const openChannel =
    ports.openChannel === undefined && hasTabChannels() ? openTabChannel : ports.openChannel
  if (locks === null || openChannel === undefined || openChannel === null) return ports.open
  const tabs = createTabs({ ...ports, locks, openChannel })

  const listen = (name: string, heed: () => void): void =>
    page?.addEventListener(name, heed, { capture: true })
  // A page that is kept for the way back, or frozen, would hold the lead and not use it.
  for (const name of ['pagehide', 'freeze']) listen(name, tabs.putAway)
  for (const name of ['pageshow', 'resume']) listen(name, tabs.takeOut)
  return tabs.open
}

type TabsPorts = SharedLinkPorts & {
  readonly locks: TabLocks
  readonly openChannel: OpenTabChannel
}

function createTabs(ports: TabsPorts) {
  const { locks, tabId, after = afterTimeout } = ports
  const name = `parley:tabs:${TAB_PROTOCOL}:${ports.name}`
  const leadLock = `${name}:lead`
  const lockOf = (tab: string): string => `${name}:tab:${tab}`

  const handles = new Set<Handle>()
  let hub: LeaderHub | null = null
  let hubs = 0
  let links = 0
  let isAway = false
  let isAlone = false
  let isHasty = false
  /** Ends waiting for the lead, or the lead itself. */
  let releaseLead: (() => void) | null = null
  /** While this tab lives in the eyes of the others. */
  let releaseSelf: (() => void) | null = null
  let isPresent = false

  const channel = once(() =>
    ports.openChannel(name, (data) => {
      const message = readTabMessage(data)
      if (message === null || isAway) return
      if ('from' in message) hub?.hear(message)
      else for (const { tab } of [...handles]) tab.hear(message)
    }),
  )

  const giveUpLead = (): void => {
    hub = null
    releaseLead?.()
    releaseLead = null
  }

  const lead = (): void => {
    isHasty = false
    const seeking = [...handles].filter(({ tab }) => tab.isSeeking)
    const id = `${tabId}:${(hubs += 1)}`
    const own = createLeaderHub({
      hub: id,
      tabId,
      open: ports.open,
      after,
      post: channel().post,
      watchTab: (tab, gone) => {
        const watch = holdLock(locks, lockOf(tab), {
          granted: () => {
            watch()
            gone()
          },
          lost: () => undefined,
        })
        return watch
      },
      emptied: () => {
        if (hub === own) giveUpLead()
      },
    })
    hub = own
    channel().post({ kind: 'lead', hub: id })
    for (const handle of seeking) {
      handle.tab.leave()
      handles.delete(handle)
      handle.own = own.open(handle.options, handle.events)
    }
    // Those that hung on the leader before this one are cut, and come back as links of this tab.
    for (const { tab } of [...handles]) tab.close()
    if (hub === own && seeking.length === 0 && !own.isUsed()) giveUpLead()
  }

  const askForLead = (steal: boolean): void => {
    releaseLead?.()
    const lost = (isStolen: boolean): void => {
      if (!isStolen) return goAlone()
      const robbed = hub
      giveUpLead()
      robbed?.end()
      if (handles.size > 0 && !isAway && releaseLead === null) askForLead(false)
    }
    releaseLead = holdLock(locks, leadLock, { granted: lead, lost }, steal)
  }

  /** No locks after all, for example in a page without an origin: a socket of its own. */
  const goAlone = (): void => {
    isAlone = true
    for (const handle of [...handles]) {
      if (!handle.tab.isSeeking) {
        handle.tab.close()
        continue
      }
      handles.delete(handle)
      handle.tab.leave()
      handle.own = ports.open(handle.options, handle.events)
    }
  }

  const start = (handle: Handle): void => {
    if (releaseLead === null) askForLead(false)
    if (isPresent) return handle.tab.start(isHasty)
    if (releaseSelf !== null) return
    // Whoever says hello can be seen to be gone.
    const granted = (): void => {
      isPresent = true
      for (const { tab } of [...handles]) tab.start(isHasty)
    }
    releaseSelf = holdLock(locks, lockOf(tabId), { granted, lost: goAlone })
  }

  const open: OpenLink = (options, events) => {
    if (isAlone) return ports.open(options, events)
    if (hub !== null && !isAway) return hub.open(options, events)
    const handle: Handle = {
      options,
      events,
      own: null,
      tab: createTabLink({
        tabId,
        link: `${tabId}:${(links += 1)}`,
        events,
        call: ports.call,
        post: channel().post,
        after,
        unanswered: () => askForLead(true),
        ended: (isLeaderSilent) => {
          handles.delete(handle)
          isHasty = isLeaderSilent
          // Nothing to lead with: let another tab have it.
          if (handles.size === 0 && hub === null) giveUpLead()
        },
      }),
    }
    handles.add(handle)
    if (!isAway) start(handle)
    return {
      get kind() {
        return handle.own?.kind ?? 'tab'
      },
      request: (command, payload, timeoutMs) =>
        handle.own === null && handle.tab.isSeeking
          ? Promise.reject(unknownOutcome())
          : (handle.own ?? handle.tab.asLink).request(command, payload, timeoutMs),
      close: () => (handle.own ?? handle.tab.asLink).close(),
    }
  }

  return {
    open,
    putAway(): void {
      if (isAway) return
      isAway = true
      const left = hub
      for (const { tab } of [...handles]) tab.close()
      left?.end()
      giveUpLead()
      releaseSelf?.()
      releaseSelf = null
      isPresent = false
    },
    takeOut(): void {
      if (!isAway) return
      isAway = false
      for (const handle of [...handles]) start(handle)
    },
  }
}

function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | null = null
  return () => (made ??= make())
}
