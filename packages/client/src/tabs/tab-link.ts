import type {
  CommandName,
  CommandPayload,
  Fact,
  Reply,
  SessionReady,
  SyncResult,
} from '@parley/message-schema'
import { ChatError, notJson, unknownOutcome } from '../chat-error.ts'
import type { Link, LinkClosed, LinkEvents, LiveFactName } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { After } from '../after.ts'
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
const TICK_MS = 2_000
const STRIKES = 2
/** Of rooms that were asked for one by one. All of mine are asked for where a session begins, which knows them. */
const FEW = 20

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
export class TabLink {
  readonly #ports: TabLinkPorts
  readonly #waiting = new Map<number, Waiting>()
  #state: 'seeking' | 'welcome' | 'ready' | 'closed' = 'seeking'
  #hub: string | null = null
  #n = 0
  #requests = 0
  #strikes = 0
  #isHeard = false
  #watched: ReadonlySet<string> = new Set()
  #stopTicking: () => void = () => undefined
  /** With the position that was answered. */
  readonly #lookedAt = new Map<string, number>()
  #stopLooking: (() => void) | null = null
  #lookMs = 0

  readonly #end = (isLeaderSilent: boolean): void => {
    this.#state = 'closed'
    this.#stopTicking()
    this.#stopLooking?.()
    for (const { reject, stop } of this.#waiting.values()) {
      stop()
      reject(unknownOutcome())
    }
    this.#waiting.clear()
    this.#ports.ended(isLeaderSilent)
  }

  readonly close = (why?: LinkClosed, isLeaderSilent = false): void => {
    if (this.#state === 'closed') return
    const told: LinkClosed = why ?? { cause: 'transport', wasReady: this.#state === 'ready' }
    this.#ports.post({ kind: 'bye', from: this.#ports.tabId, link: this.#ports.link })
    this.#end(isLeaderSilent)
    this.#ports.events.closed(told)
  }

  readonly #say = (): void => {
    if (this.#hub === null)
      this.#ports.post({ kind: 'hello', from: this.#ports.tabId, link: this.#ports.link })
    else
      this.#ports.post({
        kind: 'ping',
        from: this.#ports.tabId,
        link: this.#ports.link,
        hub: this.#hub,
      })
  }

  readonly #tick = (): void => {
    if (this.#state === 'closed') return
    this.#strikes = this.#isHeard ? 0 : this.#strikes + 1
    this.#isHeard = false
    if (this.#strikes >= STRIKES) {
      if (this.#state !== 'seeking') return this.close(undefined, true)
      this.#strikes = 0
      this.#ports.unanswered()
    } else if (this.#strikes > 0) this.#say()
    this.#stopTicking = this.#ports.after(TICK_MS, this.#tick)
  }

  readonly #tellFact = (name: LiveFactName, fact: Record<string, unknown>): void => {
    if (name !== 'presence') return this.#ports.events.fact(name, fact as Fact<typeof name>)
    const { states } = fact as Fact<'presence'>
    const mine = states.filter(({ userId }) => this.#watched.has(userId))
    if (mine.length > 0) this.#ports.events.fact('presence', { states: mine })
  }

  readonly #hearAll = (message: LeaderMessage & { n: number }): void => {
    if (this.#state === 'seeking' || message.hub !== this.#hub) return
    // Something was not heard: what it was can only be learned by beginning anew.
    if (message.n !== this.#n + 1) return this.close()
    this.#n = message.n
    if (message.kind === 'fact') {
      if (this.#state === 'ready') this.#tellFact(message.name, message.fact)
    } else if (message.kind === 'closed') {
      this.close(message.why.cause === 'transport' ? undefined : message.why)
    } else if (message.kind === 'ready' && this.#state === 'welcome') {
      this.#state = 'ready'
      this.#ready(message.session)
    }
  }

  readonly #hearOwn = (message: LeaderMessage & { link: string }): void => {
    if (message.kind === 'welcome') {
      if (this.#state !== 'seeking') return
      this.#hub = message.hub
      this.#n = message.n
      this.#state = message.session === null ? 'welcome' : 'ready'
      if (message.session !== null) this.#ready(message.session)
    } else if (message.hub !== this.#hub) return
    else if (message.kind === 'dropped') this.close()
    else if (message.kind === 'reply') {
      const request = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      request?.stop()
      if (message.reply === null) request?.reject(unknownOutcome())
      else request?.resolve(message.reply as Reply<never>)
    }
  }

  readonly #sync = async (
    payload: CommandPayload<'sync'>,
    timeoutMs = REQUEST_MS,
  ): Promise<Reply<SyncResult>> => {
    const reply = await syncByRest(this.#ports, payload, timeoutMs)
    const rooms = Object.entries(reply.ok ? reply.data.rooms : {})
    if (rooms.length > FEW) return reply
    for (const [roomId, room] of rooms) if ('to' in room) this.#lookedAt.set(roomId, room.to)
    this.#lookLater()
    return reply
  }

  /**
   * A `sync` over the socket makes the gateway look whether a room is mine, one by REST does not: of a room that
   * is mine no more before it has heard that it was mine it tells nobody. So they are asked for once more
   * when it has heard of it in any case.
   */
  readonly #lookLater = (): void => {
    if (this.#lookedAt.size === 0 || this.#state !== 'ready') return
    this.#stopLooking ??= this.#ports.after(this.#lookMs, () => {
      this.#stopLooking = null
      void this.#lookAgain().then(this.#lookLater)
    })
  }

  readonly #lookAgain = async (): Promise<void> => {
    const rooms = Object.fromEntries(this.#lookedAt)
    const reply = await syncByRest(this.#ports, { rooms }, REQUEST_MS).catch(() => null)
    if (reply?.ok !== true || this.#state !== 'ready') return
    for (const [roomId, room] of Object.entries(reply.data.rooms)) {
      if (this.#lookedAt.get(roomId) === rooms[roomId]) this.#lookedAt.delete(roomId)
      if ('reset' in room && room.reason === 'not-member')
        this.#ports.events.fact('room:removed', { roomId })
    }
  }

  readonly #ready = (session: SessionReady): void => {
    this.#lookMs = 2 * session.headsIntervalMs
    this.#ports.events.ready(session)
  }

  readonly #ask = (
    name: Exclude<CommandName, 'sync'>,
    payload: object,
    timeoutMs?: number,
  ): Promise<Reply<never>> =>
    new Promise((resolve, reject) => {
      if (this.#hub === null || this.#state !== 'ready' || this.#waiting.size >= REQUESTS_MAX) {
        return reject(unknownOutcome())
      }
      const id = (this.#requests += 1)
      const stop = this.#ports.after(timeoutMs ?? REQUEST_MS, () => {
        this.#waiting.delete(id)
        reject(unknownOutcome())
      })
      this.#waiting.set(id, { resolve, reject, stop })
      const ms = timeoutMs === undefined ? {} : { timeoutMs }
      try {
        this.#ports.post({
          kind: 'request',
          from: this.#ports.tabId,
          link: this.#ports.link,
          hub: this.#hub,
          id,
          name,
          payload: { ...payload },
          ...ms,
        })
      } catch (cause) {
        // A channel takes no functions, for example.
        stop()
        this.#waiting.delete(id)
        reject(notJson(cause))
      }
    })

  readonly asLink: Link = {
    kind: 'tab',
    request: <Name extends CommandName>(
      name: Name,
      payload: CommandPayload<Name>,
      timeoutMs?: number,
    ) => {
      if (name === 'sync') {
        if (this.#state !== 'ready') return Promise.reject(unknownOutcome())
        return this.#sync(payload as CommandPayload<'sync'>, timeoutMs) as never
      }
      if (name === 'presence:subscribe') {
        this.#watched = new Set((payload as CommandPayload<'presence:subscribe'>).userIds)
      }
      return this.#ask(name, payload, timeoutMs)
    },
    close: () => {
      if (this.#state === 'closed') return
      this.#ports.post({ kind: 'bye', from: this.#ports.tabId, link: this.#ports.link })
      this.#end(false)
    },
  }

  constructor(ports: TabLinkPorts) {
    this.#ports = ports
  }

  get isSeeking(): boolean {
    return this.#state === 'seeking'
  }

  /** From now on it looks for a leader. `isHasty`: the one there is has been silent already. */
  start(isHasty: boolean): void {
    this.#strikes = isHasty ? 1 : 0
    this.#say()
    this.#stopTicking = this.#ports.after(TICK_MS, this.#tick)
  }

  hear(message: LeaderMessage): void {
    if (this.#state === 'closed') return
    if (message.hub === this.#hub) this.#isHeard = true
    if (message.kind === 'lead') {
      if (this.#state !== 'seeking') this.close()
      else {
        this.#isHeard = true
        this.#say()
      }
    } else if ('n' in message && message.kind !== 'welcome') this.#hearAll(message)
    else if ('link' in message && message.link === this.#ports.link) this.#hearOwn(message)
  }

  /** Nothing of it is told any more: it goes on as a link of its own. */
  leave(): void {
    this.#state = 'closed'
    this.#stopTicking()
    this.#stopLooking?.()
  }
}
