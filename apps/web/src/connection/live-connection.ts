import type {
  CommandData,
  CommandName,
  CommandPayload,
  Reply,
  ServerToClientEvents,
  SessionReady,
} from '@parley/message-schema'
import { type LinkPorts, SocketLink } from './socket-link.ts'

export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'online'; readonly gateway: string }
  | { readonly name: 'offline' }
  | { readonly name: 'ended'; readonly message: string }

type RoomFacts = Pick<
  ServerToClientEvents,
  'room:events' | 'room:heads' | 'room:added' | 'room:removed' | 'read:moved'
>

export interface LiveConnectionPorts extends LinkPorts {
  readonly facts: RoomFacts
  /** Catches up; only after it the older connection of a drained gateway is dropped. */
  readonly ready: (session: SessionReady) => Promise<void>
  readonly changed: (state: ConnectionState) => void
}

/**
 * The live stream, whichever gateway it comes from. When a gateway drains, the next link is opened
 * and caught up before the old one is closed; what both hand on is sorted out by `seq`.
 */
export class LiveConnection {
  readonly #ports: LiveConnectionPorts
  #current: SocketLink
  #next: SocketLink | null = null
  #waiting: (() => void)[] = []
  #state: ConnectionState = { name: 'connecting' }
  #drain: ReturnType<typeof setTimeout> | undefined

  constructor(ports: LiveConnectionPorts) {
    this.#ports = ports
    this.#current = this.#open()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Waits until there is a connection, then for at most the time of one ack. */
  async request<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ): Promise<Reply<CommandData<Name>>> {
    if (this.#state.name !== 'online') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return await this.#current.request(name, payload)
  }

  close(): void {
    clearTimeout(this.#drain)
    this.#next?.close()
    this.#current.close()
  }

  #open(): SocketLink {
    return new SocketLink(this.#ports, {
      ready: (link, session) => void this.#ready(link, session),
      down: (link) => {
        if (link === this.#current && this.#state.name === 'online') this.#set({ name: 'offline' })
      },
      ended: (link, message) => {
        if (link === this.#next) this.#next = null
        else if (this.#next === null) this.#set({ name: 'ended', message })
      },
      fact: (link, name, fact) => {
        if (name === 'auth:expiring') void this.#refresh(link)
        else if (name === 'server:drain' && 'afterMs' in fact) this.#leave(link, fact.afterMs)
        else this.#hand(name, fact)
      },
    })
  }

  /** Name and fact belong together: the types have lost which goes with which. */
  #hand(name: string, fact: unknown): void {
    const handlers = this.#ports.facts as Record<string, ((fact: unknown) => void) | undefined>
    handlers[name]?.(fact)
  }

  async #ready(link: SocketLink, session: SessionReady): Promise<void> {
    const old = link === this.#next ? this.#current : null
    this.#current = link
    if (old !== null) this.#next = null
    this.#set({ name: 'online', gateway: session.gateway })
    for (const go of this.#waiting.splice(0)) go()
    try {
      await this.#ports.ready(session)
    } finally {
      old?.close()
    }
  }

  async #refresh(link: SocketLink): Promise<void> {
    await this.#ports.renewToken().catch(() => null)
    const token = await this.#ports.token().catch(() => null)
    // Without an answer the session ends in a minute, and the link comes back with a new token.
    if (token !== null) await link.request('auth:refresh', { token }).catch(() => null)
  }

  #leave(link: SocketLink, afterMs: number): void {
    if (link !== this.#current || this.#next !== null) return
    clearTimeout(this.#drain)
    this.#drain = setTimeout(() => {
      if (link === this.#current && this.#next === null) this.#next = this.#open()
    }, afterMs)
  }

  #set(state: ConnectionState): void {
    this.#state = state
    this.#ports.changed(state)
  }
}
