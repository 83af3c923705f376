import type { CommandName, CommandPayload, Fact, SessionReady } from '@parley/message-schema'
import type {
  Link,
  LinkClosed,
  LinkEvents,
  LinkOptions,
  LiveFactName,
  OpenLink,
} from '../connection/link.ts'
import type { After } from '../after.ts'
import { createForwarding } from './forward-facts.ts'
import { SharedPresence } from './shared-presence.ts'
import type { FollowerMessage, LeaderMessage } from './tab-message.ts'

export interface LeaderHubPorts {
  /** Names this time of leading. */
  readonly hub: string
  readonly tabId: string
  readonly open: OpenLink
  readonly post: (message: LeaderMessage) => void
  /** Calls `gone` when that tab is no more. Answers what ends it. */
  readonly watchTab: (tab: string, gone: () => void) => () => void
  readonly after: After
  /** No link is left: there is nothing to lead with. */
  readonly emptied: () => void
}

interface Real {
  link: Link | null
  session: SessionReady | null
  readonly events: LinkEvents
}

/** Of the session itself: the tab that holds the socket heeds them. */
const OWN_FACTS: ReadonlySet<LiveFactName> = new Set(['auth:expiring', 'server:drain'])

/** The side of the tab that holds the socket. Its own links are real ones; what they tell, all hear. */
export class LeaderHub {
  readonly #ports: LeaderHubPorts
  readonly #reals: Real[] = []
  #current: Real | null = null
  #n = 0
  /** By link: the tab it belongs to. */
  readonly #followers = new Map<string, string>()
  readonly #tabs = new Map<string, () => void>()

  readonly #ask = <Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
    ms?: number,
  ) => this.#current?.link?.request(name, payload, ms) ?? Promise.reject(new Error('no link'))

  readonly #presence: SharedPresence

  readonly #tellAll = <Name extends LiveFactName>(name: Name, fact: Fact<Name>): void => {
    if (this.#followers.size > 0)
      this.#ports.post({ kind: 'fact', hub: this.#ports.hub, n: (this.#n += 1), name, fact })
  }

  readonly #dropTab = (tab: string): void => {
    this.#tabs.get(tab)?.()
    this.#tabs.delete(tab)
    this.#presence.leave(tab)
    for (const [link, owner] of this.#followers) if (owner === tab) this.#followers.delete(link)
  }

  readonly #closeAll = (why: LinkClosed): void => {
    this.#ports.post({ kind: 'closed', hub: this.#ports.hub, n: (this.#n += 1), why })
    for (const tab of this.#tabs.keys()) this.#dropTab(tab)
    this.#forwarding.forget()
  }

  readonly #forwarding = createForwarding({
    tell: this.#tellAll,
    restart: () => this.#closeAll({ cause: 'transport', wasReady: true }),
  })

  readonly #drop = (real: Real, why: LinkClosed): void => {
    const at = this.#reals.indexOf(real)
    if (at < 0) return
    this.#reals.splice(at, 1)
    if (this.#current === real)
      this.#current = this.#reals.findLast(({ session }) => session !== null) ?? null
    if (this.#current === null && (real.session !== null || this.#reals.length === 0))
      this.#closeAll(why)
    if (this.#reals.length > 0) return
    this.#presence.close()
    this.#ports.emptied()
  }

  readonly #becomeReady = (real: Real, session: SessionReady): void => {
    if (this.#current !== null && this.#current.session?.epoch !== session.epoch)
      this.#forwarding.forget()
    real.session = session
    this.#current = real
    if (this.#followers.size > 0)
      this.#ports.post({ kind: 'ready', hub: this.#ports.hub, n: (this.#n += 1), session })
    this.#presence.moved()
  }

  readonly #tellOwn = <Name extends LiveFactName>(
    real: Real,
    name: Name,
    fact: Fact<Name>,
  ): void => {
    if (name !== 'presence') return real.events.fact(name, fact)
    const mine = this.#presence.ofTab(this.#ports.tabId, fact as Fact<'presence'>)
    if (mine.states.length > 0) real.events.fact('presence', mine)
  }

  readonly open = (options: LinkOptions, events: LinkEvents): Link => {
    const real: Real = { link: null, session: null, events }
    this.#reals.push(real)
    this.#presence.join(this.#ports.tabId)
    const link = this.#ports.open(options, {
      ready: (session) => {
        if (!this.#reals.includes(real)) return
        this.#becomeReady(real, session)
        events.ready(session)
      },
      fact: (name, fact) => {
        if (!this.#reals.includes(real)) return
        if (!OWN_FACTS.has(name)) this.#forwarding.fact(real, name, fact)
        this.#tellOwn(real, name, fact)
      },
      closed: (why) => {
        if (!this.#reals.includes(real)) return
        this.#drop(real, why)
        events.closed(why)
      },
    })
    real.link = link
    return {
      get kind() {
        return link.kind
      },
      request: (name, payload, timeoutMs) =>
        this.#requestOwn(real, link, name, payload, timeoutMs) as Promise<never>,
      close: () => {
        this.#drop(real, { cause: 'transport', wasReady: real.session !== null })
        link.close()
      },
    }
  }

  readonly #requestOwn = async <Name extends CommandName>(
    real: Real,
    link: Link,
    name: Name,
    payload: CommandPayload<Name>,
    timeoutMs?: number,
  ): Promise<unknown> => {
    if (name === 'presence:subscribe') {
      return this.#presence.watch(
        this.#ports.tabId,
        (payload as CommandPayload<'presence:subscribe'>).userIds,
      )
    }
    if (name === 'presence:set')
      return this.#presence.set(this.#ports.tabId, payload as CommandPayload<'presence:set'>)
    if (name === 'sync') {
      const answered = this.#forwarding.sync(real, payload as CommandPayload<'sync'>)
      const request = link.request('sync', payload as CommandPayload<'sync'>, timeoutMs)
      return request.then(
        (reply) => {
          answered(reply.ok ? reply.data : null)
          return reply
        },
        (error: unknown) => {
          answered(null)
          throw error
        },
      )
    }
    const reply = await link.request(name, payload, timeoutMs)
    if (name === 'auth:refresh' && reply.ok && real.session !== null) {
      const { expiresAt } = reply.data as { expiresAt: string }
      real.session = { ...real.session, expiresAt }
    }
    return reply
  }

  readonly #answer = async (message: FollowerMessage & { kind: 'request' }): Promise<void> => {
    const { from, link, id, name, payload, timeoutMs } = message
    const request = (): Promise<unknown> => {
      if (name === 'auth:refresh') {
        const expiresAt = this.#current?.session?.expiresAt
        return Promise.resolve(expiresAt === undefined ? null : { ok: true, data: { expiresAt } })
      }
      if (name === 'presence:subscribe') {
        return this.#presence.watch(from, (payload as CommandPayload<'presence:subscribe'>).userIds)
      }
      if (name === 'presence:set') return this.#presence.set(from, payload)
      return this.#ask(name, payload as CommandPayload<typeof name>, timeoutMs)
    }
    const reply = await request().catch(() => null)
    if (!this.#followers.has(link)) return
    this.#ports.post({
      kind: 'reply',
      hub: this.#ports.hub,
      link,
      id,
      reply: reply as (LeaderMessage & { kind: 'reply' })['reply'],
    })
  }

  readonly #welcome = (from: string, link: string): void => {
    if (!this.#tabs.has(from))
      this.#tabs.set(
        from,
        this.#ports.watchTab(from, () => this.#dropTab(from)),
      )
    this.#presence.join(from)
    this.#followers.set(link, from)
    this.#ports.post({
      kind: 'welcome',
      hub: this.#ports.hub,
      link,
      n: this.#n,
      session: this.#current?.session ?? null,
    })
  }

  constructor(ports: LeaderHubPorts) {
    this.#ports = ports
    this.#presence = new SharedPresence({
      request: this.#ask,
      tell: (states) => this.#tellAll('presence', states),
      after: ports.after,
    })
  }

  isUsed(): boolean {
    return this.#reals.length > 0
  }

  hear(message: FollowerMessage): void {
    const { from, link } = message
    if (message.kind === 'hello') return this.#welcome(from, link)
    const isKnown = this.#followers.has(link)
    if (message.kind === 'bye') {
      this.#followers.delete(link)
      if (isKnown && ![...this.#followers.values()].includes(from)) this.#dropTab(from)
    } else if (message.hub === this.#ports.hub) {
      if (!isKnown) this.#ports.post({ kind: 'dropped', hub: this.#ports.hub, link })
      else if (message.kind === 'ping') this.#ports.post({ kind: 'pong', hub: this.#ports.hub })
      else void this.#answer(message)
    }
  }

  /** The lead is lost, or this page is put away: everything ends, here and for the followers. */
  end(): void {
    for (const real of this.#reals.slice()) {
      const why: LinkClosed = { cause: 'transport', wasReady: real.session !== null }
      this.#drop(real, why)
      real.link?.close()
      real.events.closed(why)
    }
  }
}
