import type { CommandName, CommandPayload, Fact, SessionReady } from '@parley/message-schema'
import type {
  Link,
  LinkClosed,
  LinkEvents,
  LinkOptions,
  LiveFactName,
  OpenLink,
} from '../connection/link.ts'
import type { After } from './after.ts'
import { createForwarding } from './forward-facts.ts'
import { createSharedPresence } from './shared-presence.ts'
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
export function createLeaderHub(ports: LeaderHubPorts) {
  const { hub, tabId, post, emptied } = ports
  const reals: Real[] = []
  let current: Real | null = null
  let n = 0
  /** By link: the tab it belongs to. */
  const followers = new Map<string, string>()
  const tabs = new Map<string, () => void>()

  const ask = <Name extends CommandName>(name: Name, payload: CommandPayload<Name>, ms?: number) =>
    current?.link?.request(name, payload, ms) ?? Promise.reject(new Error('no link'))

  const presence = createSharedPresence({
    request: ask,
    tell: (states) => tellAll('presence', states),
    after: ports.after,
  })

  const tellAll = <Name extends LiveFactName>(name: Name, fact: Fact<Name>): void => {
    if (followers.size > 0) post({ kind: 'fact', hub, n: (n += 1), name, fact })
  }

  const dropTab = (tab: string): void => {
    tabs.get(tab)?.()
    tabs.delete(tab)
    presence.leave(tab)
    for (const [link, owner] of followers) if (owner === tab) followers.delete(link)
  }

  const closeAll = (why: LinkClosed): void => {
    post({ kind: 'closed', hub, n: (n += 1), why })
    for (const tab of tabs.keys()) dropTab(tab)
    forwarding.forget()
  }

  const forwarding = createForwarding({
    tell: tellAll,
    restart: () => closeAll({ cause: 'transport', wasReady: true }),
  })

  const drop = (real: Real, why: LinkClosed): void => {
    const at = reals.indexOf(real)
    if (at < 0) return
    reals.splice(at, 1)
    if (current === real) current = reals.findLast(({ session }) => session !== null) ?? null
    if (current === null && (real.session !== null || reals.length === 0)) closeAll(why)
    if (reals.length > 0) return
    presence.close()
    emptied()
  }

  const becomeReady = (real: Real, session: SessionReady): void => {
    if (current !== null && current.session?.epoch !== session.epoch) forwarding.forget()
    real.session = session
    current = real
    if (followers.size > 0) post({ kind: 'ready', hub, n: (n += 1), session })
    presence.moved()
  }

  const tellOwn = <Name extends LiveFactName>(real: Real, name: Name, fact: Fact<Name>): void => {
    if (name !== 'presence') return real.events.fact(name, fact)
    const mine = presence.ofTab(tabId, fact as Fact<'presence'>)
    if (mine.states.length > 0) real.events.fact('presence', mine)
  }

  const open = (options: LinkOptions, events: LinkEvents): Link => {
    const real: Real = { link: null, session: null, events }
    reals.push(real)
    presence.join(tabId)
    const link = ports.open(options, {
      ready: (session) => {
        if (!reals.includes(real)) return
        becomeReady(real, session)
        events.ready(session)
      },
      fact: (name, fact) => {
        if (!reals.includes(real)) return
        if (!OWN_FACTS.has(name)) forwarding.fact(real, name, fact)
        tellOwn(real, name, fact)
      },
      closed: (why) => {
        if (!reals.includes(real)) return
        drop(real, why)
        events.closed(why)
      },
    })
    real.link = link
    return {
      get kind() {
        return link.kind
      },
      request: (name, payload, timeoutMs) =>
        requestOwn(real, link, name, payload, timeoutMs) as Promise<never>,
      close: () => {
        drop(real, { cause: 'transport', wasReady: real.session !== null })
        link.close()
      },
    }
  }

  const requestOwn = async <Name extends CommandName>(
    real: Real,
    link: Link,
    name: Name,
    payload: CommandPayload<Name>,
    timeoutMs?: number,
  ): Promise<unknown> => {
    if (name === 'presence:subscribe') {
      return presence.watch(tabId, (payload as CommandPayload<'presence:subscribe'>).userIds)
    }
    if (name === 'presence:set') return presence.set(tabId, payload as object)
    if (name === 'sync') {
      const answered = forwarding.sync(real, payload as CommandPayload<'sync'>)
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

  const answer = async (message: FollowerMessage & { kind: 'request' }): Promise<void> => {
    const { from, link, id, name, payload, timeoutMs } = message
    const request = (): Promise<unknown> => {
      if (name === 'auth:refresh') {
        const expiresAt = current?.session?.expiresAt
        return Promise.resolve(expiresAt === undefined ? null : { ok: true, data: { expiresAt } })
      }
      if (name === 'presence:subscribe') {
        return presence.watch(from, (payload as CommandPayload<'presence:subscribe'>).userIds)
      }
      if (name === 'presence:set') return presence.set(from, payload)
      return ask(name, payload as CommandPayload<typeof name>, timeoutMs)
    }
    const reply = await request().catch(() => null)
    if (!followers.has(link)) return
    post({ kind: 'reply', hub, link, id, reply: reply as (LeaderMessage & { kind: 'reply' })['reply'] })
  }

  const welcome = (from: string, link: string): void => {
    if (!tabs.has(from)) tabs.set(from, ports.watchTab(from, () => dropTab(from)))
    presence.join(from)
    followers.set(link, from)
    post({ kind: 'welcome', hub, link, n, session: current?.session ?? null })
  }

  return {
    open,
    isUsed: () => reals.length > 0,
    hear(message: FollowerMessage): void {
      const { from, link } = message
      if (message.kind === 'hello') return welcome(from, link)
      const isKnown = followers.has(link)
      if (message.kind === 'bye') {
        followers.delete(link)
        if (isKnown && ![...followers.values()].includes(from)) dropTab(from)
      } else if (message.hub === hub) {
        if (!isKnown) post({ kind: 'dropped', hub, link })
        else if (message.kind === 'ping') post({ kind: 'pong', hub })
        else void answer(message)
      }
    },
    /** The lead is lost, or this page is put away: everything ends, here and for the followers. */
    end(): void {
      for (const real of [...reals]) {
        const why: LinkClosed = { cause: 'transport', wasReady: real.session !== null }
        drop(real, why)
        real.link?.close()
        real.events.closed(why)
      }
    },
  }
}

export type LeaderHub = ReturnType<typeof createLeaderHub>
