import { unknownOutcome } from '../chat-error.ts'
import type { Link, LinkEvents, LinkOptions, OpenLink } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { after as afterTimeout, type After } from '../after.ts'
import { LeaderHub } from './leader-hub.ts'
import {
  hasTabChannels,
  openTabChannel,
  type OpenTabChannel,
  type TabChannel,
} from './tab-channel.ts'
import { TabLink } from './tab-link.ts'
import { browserLocks, holdLock, type TabLocks } from './tab-lock.ts'
import { readTabMessage, TAB_PROTOCOL, type TabMessage } from './tab-message.ts'

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
  const tabs = new Tabs({ after: afterTimeout, ...ports, locks, openChannel })

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
  readonly after: After
}

class Tabs {
  readonly #ports: TabsPorts
  readonly #name: string
  readonly #lockOf = (tab: string): string => `${this.#name}:tab:${tab}`

  readonly #handles = new Set<Handle>()
  #hub: LeaderHub | null = null
  #hubs = 0
  #links = 0
  #isAway = false
  #isAlone = false
  #isHasty = false
  /** Ends waiting for the lead, or the lead itself. */
  #releaseLead: (() => void) | null = null
  /** While this tab lives in the eyes of the others. */
  #releaseSelf: (() => void) | null = null
  #isPresent = false
  #channel: TabChannel | null = null

  readonly #hear = (data: unknown): void => {
    const message = readTabMessage(data)
    if (message === null || this.#isAway) return
    if ('from' in message) this.#hub?.hear(message)
    else for (const { tab } of Array.from(this.#handles)) tab.hear(message)
  }

  /** Only while there is something to say or to hear. */
  readonly #post = (message: TabMessage): void => this.#channel?.post(message)

  readonly #giveUpLead = (): void => {
    this.#hub = null
    this.#releaseLead?.()
    this.#releaseLead = null
    this.#rest()
  }

  /** Without any link this tab is none of the others' business. */
  readonly #rest = (): void => {
    if (this.#handles.size > 0 || this.#hub !== null) return
    this.#releaseSelf?.()
    this.#releaseSelf = null
    this.#isPresent = false
    this.#channel?.close()
    this.#channel = null
  }

  readonly #lead = (): void => {
    this.#isHasty = false
    const seeking = Array.from(this.#handles).filter(({ tab }) => tab.isSeeking)
    const id = `${this.#ports.tabId}:${(this.#hubs += 1)}`
    const own = new LeaderHub({
      hub: id,
      tabId: this.#ports.tabId,
      open: this.#ports.open,
      after: this.#ports.after,
      post: this.#post,
      watchTab: (tab, gone) => {
        const watch = holdLock(this.#ports.locks, this.#lockOf(tab), {
          granted: () => {
            watch()
            gone()
          },
          lost: () => undefined,
        })
        return watch
      },
      emptied: () => {
        if (this.#hub === own) this.#giveUpLead()
      },
    })
    this.#hub = own
    this.#post({ kind: 'lead', hub: id })
    for (const handle of seeking) {
      handle.tab.leave()
      this.#handles.delete(handle)
      handle.own = own.open(handle.options, handle.events)
    }
    // Those that hung on the leader before this one are cut, and come back as links of this tab.
    for (const { tab } of Array.from(this.#handles)) tab.close()
    if (this.#hub === own && seeking.length === 0 && !own.isUsed()) this.#giveUpLead()
  }

  readonly #askForLead = (steal: boolean): void => {
    this.#releaseLead?.()
    const lost = (isStolen: boolean): void => {
      if (!isStolen) return this.#goAlone()
      const robbed = this.#hub
      this.#hub = null
      robbed?.end()
      this.#giveUpLead()
      if (this.#handles.size > 0 && !this.#isAway && this.#releaseLead === null)
        this.#askForLead(false)
    }
    this.#releaseLead = holdLock(
      this.#ports.locks,
      `${this.#name}:lead`,
      { granted: this.#lead, lost },
      steal,
    )
  }

  /** No locks after all, for example in a page without an origin: a socket of its own. */
  readonly #goAlone = (): void => {
    this.#isAlone = true
    for (const handle of Array.from(this.#handles)) {
      if (!handle.tab.isSeeking) {
        handle.tab.close()
        continue
      }
      this.#handles.delete(handle)
      handle.tab.leave()
      handle.own = this.#ports.open(handle.options, handle.events)
    }
    this.#rest()
  }

  readonly #start = (handle: Handle): void => {
    if (this.#releaseLead === null) this.#askForLead(false)
    if (this.#isPresent) return handle.tab.start(this.#isHasty)
    if (this.#releaseSelf !== null) return
    // Whoever says hello can be seen to be gone.
    const granted = (): void => {
      this.#isPresent = true
      for (const { tab } of Array.from(this.#handles)) tab.start(this.#isHasty)
    }
    this.#releaseSelf = holdLock(this.#ports.locks, this.#lockOf(this.#ports.tabId), {
      granted,
      lost: this.#goAlone,
    })
  }

  readonly open: OpenLink = (options, events) => {
    if (this.#isAlone) return this.#ports.open(options, events)
    if (this.#hub !== null && !this.#isAway) return this.#hub.open(options, events)
    const handle: Handle = {
      options,
      events,
      own: null,
      tab: new TabLink({
        tabId: this.#ports.tabId,
        link: `${this.#ports.tabId}:${(this.#links += 1)}`,
        events,
        call: this.#ports.call,
        post: this.#post,
        after: this.#ports.after,
        unanswered: () => this.#askForLead(true),
        ended: (isLeaderSilent) => {
          this.#handles.delete(handle)
          this.#isHasty = isLeaderSilent
          // Nothing to lead with: let another tab have it.
          if (this.#handles.size === 0 && this.#hub === null) this.#giveUpLead()
        },
      }),
    }
    this.#handles.add(handle)
    this.#channel ??= this.#ports.openChannel(this.#name, this.#hear)
    if (!this.#isAway) this.#start(handle)
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

  constructor(ports: TabsPorts) {
    this.#ports = ports
    this.#name = `parley:tabs:${TAB_PROTOCOL}:${ports.name}`
  }

  readonly putAway = (): void => {
    if (this.#isAway) return
    this.#isAway = true
    const left = this.#hub
    for (const { tab } of Array.from(this.#handles)) tab.close()
    left?.end()
    this.#giveUpLead()
    this.#releaseSelf?.()
    this.#releaseSelf = null
    this.#isPresent = false
  }

  readonly takeOut = (): void => {
    if (!this.#isAway) return
    this.#isAway = false
    for (const handle of Array.from(this.#handles)) this.#start(handle)
  }
}
