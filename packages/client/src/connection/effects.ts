import type { Fact, SessionReady } from '@parley/message-schema'
import { ChatError, toChatError, unknownOutcome } from '../chat-error.ts'
import type { GetToken } from '../chat.ts'
import { askToken } from '../rest/ask-token.ts'
import { reportError } from '../store.ts'
import type { Link, LinkEvents, LinkOptions, OpenLink } from './link.ts'
import type { Effect, MachineEvent, TimerName } from './machine-state.ts'
import type { After } from '../after.ts'

export interface OpenedLink {
  readonly link: Link
  session: SessionReady | null
  /** How far the server's clock is ahead of `now`. */
  aheadMs: number
}

export interface EffectPorts {
  /** At least one. With both, HTTP is for where sockets do not get through. */
  readonly links: { readonly socket?: OpenLink; readonly http?: OpenLink }
  readonly url: LinkOptions['url']
  readonly deviceId: LinkOptions['deviceId']
  readonly getToken: GetToken
  readonly startTimer: After
  /** Milliseconds that only go forward. */
  readonly now: () => number
}

export interface EffectEnds {
  /** The one or two links that are open, by the numbers that the machine gave them. */
  readonly opened: Map<number, OpenedLink>
  readonly catchUps: ReadonlySet<(session: SessionReady) => Promise<void>>
  readonly send: (event: MachineEvent) => void
  readonly fact: (id: number, ...fact: Parameters<LinkEvents['fact']>) => void
}

/** What each effect does, and how the machine is told what became of it. */
export type Effects = {
  readonly [Type in Effect['type']]: (effect: Extract<Effect, { type: Type }>) => void
}

export function createEffects(ports: EffectPorts, ends: EffectEnds): Effects {
  const { url, deviceId, startTimer } = ports
  const tokenAfter = (stale: string | null): Promise<string> =>
    askToken(ports.getToken, stale, startTimer)
  const { opened, send } = ends
  const timers = new Map<TimerName, () => void>()

  /** In band. The same token once more would only be warned of again. */
  const refresh = async (id: number, stale: string): Promise<void> => {
    let token: string | undefined
    try {
      token = await tokenAfter(stale)
      const link = token === stale ? undefined : opened.get(id)?.link
      const reply = await link?.request('auth:refresh', { token })
      if (reply === undefined) throw unknownOutcome()
      if (!reply.ok) throw new ChatError(reply.error)
      send({ type: 'tokenRefreshed', link: id, token })
    } catch (cause) {
      const error = toChatError(cause)
      // What the server thinks of a token is told by the end of the session.
      const isFinal = token === undefined && !error.isRetryable
      send({ type: 'refreshFailed', link: id, error, isFinal })
    }
  }

  const catchUp = async (link: number, session: SessionReady): Promise<void> => {
    try {
      await Promise.all([...ends.catchUps].map(async (each) => await each(session)))
      send({ type: 'caughtUp', link })
    } catch (cause) {
      send({ type: 'catchUpFailed', link, error: toChatError(cause) })
    }
  }

  return {
    fetchToken({ ask, stale }) {
      tokenAfter(stale).then(
        (token) => send({ type: 'tokenReady', ask, token }),
        (error: ChatError) => send({ type: 'tokenFailed', ask, error }),
      )
    },
    openLink({ link: id, via, token }) {
      try {
        const open = ports.links[via]
        if (open === undefined) throw new Error(`There is no link by ${via}.`)
        const link = open({ url, deviceId, token }, eventsOf(id, ports, ends))
        opened.set(id, { link, session: null, aheadMs: 0 })
      } catch (error) {
        reportError(error)
        send({ type: 'linkClosed', link: id, why: { cause: 'transport', wasReady: false } })
      }
    },
    closeLink({ link: id }) {
      const closed = opened.get(id)
      opened.delete(id)
      closed?.link.close()
    },
    catchUp({ link: id }) {
      const session = opened.get(id)?.session
      if (session) void catchUp(id, session)
    },
    refreshToken: ({ link: id, stale }) => void refresh(id, stale),
    startTimer({ timer, ms }) {
      timers.get(timer)?.()
      timers.set(
        timer,
        startTimer(ms, () => send({ type: `${timer}Due` })),
      )
    },
    stopTimer: ({ timer }) => timers.get(timer)?.(),
  }
}

/** What a link tells, until it is closed. */
const eventsOf = (id: number, { now }: EffectPorts, ends: EffectEnds): LinkEvents => ({
  ready(session) {
    const open = ends.opened.get(id)
    if (!open) return
    open.session = session
    open.aheadMs = Date.parse(session.serverTime) - now() || 0
    ends.send({ type: 'linkReady', link: id })
  },
  fact(name, fact) {
    const open = ends.opened.get(id)
    if (!open) return
    ends.fact(id, name, fact)
    // Name and fact belong together, which the type of a generic function cannot say.
    if (name === 'server:drain') {
      const { afterMs } = fact as Fact<'server:drain'>
      ends.send({ type: 'draining', link: id, afterMs })
    } else if (name === 'auth:expiring') {
      const endsAt = Date.parse((fact as Fact<'auth:expiring'>).expiresAt)
      ends.send({ type: 'tokenExpiring', link: id, leftMs: endsAt - now() - open.aheadMs || 0 })
    }
  },
  closed: (why) => ends.send({ type: 'linkClosed', link: id, why }),
})
