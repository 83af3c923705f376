import type { CommandName, CommandPayload, Fact, Reply, SyncResult } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Link, LinkClosed, LinkEvents, LiveFactName } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { After } from './after.ts'
import type { FollowerMessage, LeaderMessage } from './tab-message.ts'

export interface TabLinkPorts {
  readonly tabId: string
  /** Of this link, among all of all tabs. */
  readonly link: string
  readonly events: LinkEvents
  readonly call: CallRoute
  readonly post: (message: FollowerMessage) => void
  readonly after: After
  /** Nobody answers, and yet somebody has the lead. */
  readonly unanswered: () => void
  /** It is closed, by whomever. */
  readonly ended: (isLeaderSilent: boolean) => void
}

interface Waiting {
  readonly resolve: (reply: Reply<never>) => void
  readonly reject: (error: unknown) => void
  readonly stop: () => void
}

const REQUEST_MS = 10_000
const REQUESTS_MAX = 1_000
/** A leader is asked when it was silent for so long, and given up after twice that. */
const TICK_MS = 3_000
const STRIKES = 2

/** Plain HTTP: a `sync` over the shared socket would keep the other tabs' events from them. */
async function syncByRest(
  { call, after }: TabLinkPorts,
  payload: CommandPayload<'sync'>,
  timeoutMs: number,
): Promise<Reply<SyncResult>> {
  const abort = new AbortController()
  const stop = after(timeoutMs, () => abort.abort())
  try {
    const data = await call('POST /v1/sync', { body: payload, signal: abort.signal })
    return { ok: true, data }
  } catch (error) {
    if (!(error instanceof ChatError) || error.code === 'UNKNOWN_OUTCOME') {
      throw unknownOutcome(error)
    }
    const { code, message, isRetryable, retryAfterMs, details, requestId } = error
    const body = { code, message, retryable: isRetryable, details, requestId }
    return { ok: false, error: { ...body, ...(retryAfterMs !== undefined && { retryAfterMs }) } }
  } finally {
    stop()
  }
}

/** A link by way of the tab that holds the socket. It says `hello` until somebody answers. */
export function createTabLink(ports: TabLinkPorts) {
  const { tabId, link, events, post, after } = ports
  const waiting = new Map<number, Waiting>()
  let state: 'seeking' | 'welcome' | 'ready' | 'closed' = 'seeking'
  let hub: string | null = null
  let n = 0
  let requests = 0
  let strikes = 0
  let isHeard = false
  let watched: ReadonlySet<string> = new Set()
  let stopTicking: () => void = () => undefined

  const end = (isLeaderSilent: boolean): void => {
    state = 'closed'
    stopTicking()
    for (const { reject, stop } of waiting.values()) {
      stop()
      reject(unknownOutcome())
    }
    waiting.clear()
    ports.ended(isLeaderSilent)
  }

  const close = (why?: LinkClosed, isLeaderSilent = false): void => {
    if (state === 'closed') return
    const told: LinkClosed = why ?? { cause: 'transport', wasReady: state === 'ready' }
    post({ kind: 'bye', from: tabId, link })
    end(isLeaderSilent)
    events.closed(told)
  }

  const say = (): void => {
    if (hub === null) post({ kind: 'hello', from: tabId, link })
    else post({ kind: 'ping', from: tabId, link, hub })
  }

  const tick = (): void => {
    if (state === 'closed') return
    strikes = isHeard ? 0 : strikes + 1
    isHeard = false
    if (strikes >= STRIKES) {
      if (state !== 'seeking') return close(undefined, true)
      strikes = 0
      ports.unanswered()
    } else if (strikes > 0) say()
    stopTicking = after(TICK_MS, tick)
  }

  const tellFact = (name: LiveFactName, fact: Record<string, unknown>): void => {
    if (name !== 'presence') return events.fact(name, fact as Fact<typeof name>)
    const { states } = fact as Fact<'presence'>
    const mine = states.filter(({ userId }) => watched.has(userId))
    if (mine.length > 0) events.fact('presence', { states: mine })
  }

  const hearAll = (message: LeaderMessage & { n: number }): void => {
    if (state === 'seeking' || message.hub !== hub) return
    // Something was not heard: what it was can only be learned by beginning anew.
    if (message.n !== n + 1) return close()
    n = message.n
    if (message.kind === 'fact') {
      if (state === 'ready') tellFact(message.name, message.fact)
    } else if (message.kind === 'closed') {
      close(message.why.cause === 'transport' ? undefined : message.why)
    } else if (message.kind === 'ready' && state === 'welcome') {
      state = 'ready'
      events.ready(message.session)
    }
  }

  const hearOwn = (message: LeaderMessage & { link: string }): void => {
    if (message.kind === 'welcome') {
      if (state !== 'seeking') return
      ;({ hub, n } = message)
      state = message.session === null ? 'welcome' : 'ready'
      if (message.session !== null) events.ready(message.session)
    } else if (message.hub !== hub) return
    else if (message.kind === 'dropped') close()
    else if (message.kind === 'reply') {
      const request = waiting.get(message.id)
      waiting.delete(message.id)
      request?.stop()
      if (message.reply === null) request?.reject(unknownOutcome())
      else request?.resolve(message.reply as Reply<never>)
    }
  }

  const ask = (name: Exclude<CommandName, 'sync'>, payload: object, timeoutMs?: number): Promise<Reply<never>> =>
    new Promise((resolve, reject) => {
      if (hub === null || state !== 'ready' || waiting.size >= REQUESTS_MAX) {
        return reject(unknownOutcome())
      }
      const id = (requests += 1)
      const stop = after(timeoutMs ?? REQUEST_MS, () => {
        waiting.delete(id)
        reject(unknownOutcome())
      })
      waiting.set(id, { resolve, reject, stop })
      const ms = timeoutMs === undefined ? {} : { timeoutMs }
      post({ kind: 'request', from: tabId, link, hub, id, name, payload: { ...payload }, ...ms })
    })

  const asLink: Link = {
    kind: 'tab',
    request: <Name extends CommandName>(
      name: Name,
      payload: CommandPayload<Name>,
      timeoutMs?: number,
    ) => {
      if (name === 'sync') {
        if (state !== 'ready') return Promise.reject(unknownOutcome())
        return syncByRest(ports, payload as CommandPayload<'sync'>, timeoutMs ?? REQUEST_MS) as never
      }
      if (name === 'presence:subscribe') {
        watched = new Set((payload as CommandPayload<'presence:subscribe'>).userIds)
      }
      return ask(name, payload, timeoutMs)
    },
    close: () => {
      if (state === 'closed') return
      post({ kind: 'bye', from: tabId, link })
      end(false)
    },
  }

  return {
    asLink,
    get isSeeking() {
      return state === 'seeking'
    },
    /** From now on it looks for a leader. `isHasty`: the one there is has been silent already. */
    start(isHasty: boolean): void {
      strikes = isHasty ? 1 : 0
      say()
      stopTicking = after(TICK_MS, tick)
    },
    hear(message: LeaderMessage): void {
      if (state === 'closed') return
      if (message.hub === hub) isHeard = true
      if (message.kind === 'lead') {
        if (state !== 'seeking') close()
        else {
          isHeard = true
          say()
        }
      } else if ('n' in message && message.kind !== 'welcome') hearAll(message)
      else if ('link' in message && message.link === link) hearOwn(message)
    },
    close,
    /** Nothing of it is told any more: it goes on as a link of its own. */
    leave: () => {
      state = 'closed'
      stopTicking()
    },
  }
}

export type TabLink = ReturnType<typeof createTabLink>
