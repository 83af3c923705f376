import type { Fact, SessionReady } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import { reportError } from '../store.ts'
import { toChatError } from './ask-token.ts'
import type { Link, LinkClosed, LinkEvents, LinkOptions, LiveFactName, OpenLink } from './link.ts'
import type { Effect, MachineEvent } from './machine-state.ts'

export interface OpenedLink {
  readonly link: Link
  session: SessionReady | null
  /** How far the server's clock is ahead of ours. */
  aheadMs: number
}

export interface OpenLinksPorts {
  readonly links: { readonly socket?: OpenLink; readonly http?: OpenLink }
  readonly options: Omit<LinkOptions, 'token'>
  readonly now: () => number
  readonly send: (event: MachineEvent) => void
  readonly fact: <Name extends LiveFactName>(id: number, name: Name, fact: Fact<Name>) => void
}

/** The one or two links that are open, by the numbers that the machine gave them. */
export function createOpenLinks(ports: OpenLinksPorts) {
  const { now, send } = ports
  const links = new Map<number, OpenedLink>()

  const take = <Name extends LiveFactName>(id: number, name: Name, fact: Fact<Name>): void => {
    const opened = links.get(id)
    if (opened === undefined) return
    ports.fact(id, name, fact)
    // Name and fact belong together, which the type of a generic function cannot say.
    if (name === 'server:drain') {
      send({ type: 'draining', link: id, afterMs: (fact as Fact<'server:drain'>).afterMs })
    } else if (name === 'auth:expiring') {
      const endsAt = Date.parse((fact as Fact<'auth:expiring'>).expiresAt)
      send({ type: 'tokenExpiring', link: id, leftMs: endsAt - now() - opened.aheadMs || 0 })
    }
  }

  const eventsOf = (id: number): LinkEvents => ({
    ready(session) {
      const opened = links.get(id)
      if (opened === undefined) return
      opened.session = session
      opened.aheadMs = Date.parse(session.serverTime) - now() || 0
      send({ type: 'linkReady', link: id, session })
    },
    fact: (name, fact) => take(id, name, fact),
    closed: (why: LinkClosed) => send({ type: 'linkClosed', link: id, why }),
  })

  return {
    get: (id: number): OpenedLink | null => links.get(id) ?? null,

    open({ link: id, via, token }: Extract<Effect, { type: 'openLink' }>): void {
      try {
        const openLink = ports.links[via]
        if (openLink === undefined) throw new Error(`There is no link by ${via}.`)
        const link = openLink({ ...ports.options, token }, eventsOf(id))
        links.set(id, { link, session: null, aheadMs: 0 })
      } catch (error) {
        reportError(error)
        send({ type: 'linkClosed', link: id, why: { cause: 'transport', wasReady: false } })
      }
    },

    close(id: number): void {
      const opened = links.get(id)
      links.delete(id)
      opened?.link.close()
    },

    /** In band. The same token once more would only be warned of again. */
    async refresh(
      id: number,
      stale: string,
      fetchToken: (stale: string) => Promise<string>,
    ): Promise<void> {
      let hasToken = false
      try {
        const token = await fetchToken(stale)
        hasToken = true
        if (token === stale) throw unknownOutcome()
        const reply = await links.get(id)?.link.request('auth:refresh', { token })
        if (reply === undefined) throw unknownOutcome()
        if (!reply.ok) throw new ChatError(reply.error)
        send({ type: 'tokenRefreshed', link: id, token })
      } catch (cause) {
        const error = toChatError(cause)
        // What the server thinks of a token is told by the end of the session.
        const isFinal = !hasToken && !error.isRetryable
        send({ type: 'refreshFailed', link: id, error, isFinal })
      }
    },
  }
}
