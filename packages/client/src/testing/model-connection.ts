import type { Fact, SessionReady } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection, ConnectionState } from '../connection/connection.ts'
import type { LiveFactName } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import type { ModelServer } from './model-server.ts'

export interface Faults {
  /** Of facts, between 0 and 1. */
  drop: number
  double: number
  /** Longest way of a fact or an answer, in milliseconds: what is sent later may come first. */
  delayMs: number
}

const IDLE: ConnectionState = {
  status: 'idle',
  via: null,
  gateway: null,
  attempt: 0,
  retryAt: null,
  error: null,
}

/** One person's way to a `ModelServer`, as bad as it is told to be. It runs on timers: fake them. */
export class ModelConnection implements Connection {
  readonly state = createStore<ConnectionState>(IDLE)
  readonly session = createStore<SessionReady | null>(null)
  readonly call: CallRoute
  readonly connect = (): void => this.open()
  readonly disconnect = (): void => this.cut()
  readonly retryNow = (): void => undefined
  readonly #server: ModelServer
  readonly #userId: string
  readonly #random: () => number
  readonly #listeners = new Map<string, Set<(fact: never) => void>>()
  readonly #catchUps = new Set<(session: SessionReady) => Promise<void>>()
  /** Counts links; what was sent over an earlier one does not arrive. */
  #link = 0
  /** Counts restarts of the server; what it was asked before is not answered. */
  #life = 0
  faults: Faults

  constructor(server: ModelServer, userId: string, faults: Faults, random: () => number) {
    this.#server = server
    this.#userId = userId
    this.faults = faults
    this.#random = random
    this.call = ((route: string, input: Record<string, Record<string, unknown>> = {}) =>
      this.#answer(route, input)) as unknown as CallRoute
  }

  get isOpen(): boolean {
    return this.state.current.via !== null
  }

  /** A new link, in place of the one there is. */
  open(): void {
    this.#link += 1
    const session = {
      sessionId: String(this.#link),
      userId: this.#userId,
      limits: { syncRooms: 3 },
      epoch: this.#server.epoch,
      headsIntervalMs: 5_000,
      gateway: 'g1',
    } as unknown as SessionReady
    this.session.set(session)
    this.state.set({ ...IDLE, status: 'catching-up', via: 'websocket' })
    void this.#catchUp(session, this.#link)
  }

  cut(): void {
    this.#link += 1
    this.state.set({ ...IDLE, status: 'waiting' })
  }

  /** Whatever is under way is lost, also over REST. */
  restarted(): void {
    this.#life += 1
    this.cut()
  }

  tell<Name extends LiveFactName>(name: Name, fact: Fact<Name>, isSure = false): void {
    if (!this.isOpen) return
    const { drop, double, delayMs } = this.faults
    const link = this.#link
    const arrive = (): void => {
      if (link !== this.#link) return
      for (const listener of this.#listeners.get(name) ?? []) listener(fact as never)
    }
    if (isSure) return void setTimeout(arrive, delayMs)
    if (this.#random() < drop) return
    const times = this.#random() < double ? 2 : 1
    for (let n = 0; n < times; n += 1) setTimeout(arrive, this.#random() * delayMs)
  }

  readonly onFact: Connection['onFact'] = (name, listener) => {
    const own = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, own)
    own.add(listener)
    return () => own.delete(listener)
  }

  readonly onSession: Connection['onSession'] = (catchUp) => {
    this.#catchUps.add(catchUp)
    return () => this.#catchUps.delete(catchUp)
  }

  readonly request: Connection['request'] = async (name, payload) => {
    const link = this.#link
    if (!this.isOpen) throw unknownOutcome()
    await this.#way()
    if (link !== this.#link) throw unknownOutcome()
    const data = this.#command(name, payload)
    await this.#way()
    if (link !== this.#link) throw unknownOutcome()
    if ('error' in data) throw new ChatError({ message: '', ...data, code: data.error as 'GONE' })
    return data as never
  }

  #command(name: string, payload: Record<string, unknown>): object {
    const { rooms, epoch, roomId, upTo, mode } = payload as {
      rooms: Record<string, number>
      epoch?: number
      roomId: string
      upTo: number
      mode?: string
    }
    if (name === 'sync') return this.#server.sync(this.#userId, rooms, epoch)
    if (name === 'read:set') return this.#server.setRead(roomId, this.#userId, upTo, mode)
    throw new Error(`The model has no ${name}.`)
  }

  async #catchUp(session: SessionReady, link: number): Promise<void> {
    try {
      await Promise.all([...this.#catchUps].map((each) => each(session)))
      if (link === this.#link) this.state.set({ ...this.state.current, status: 'live' })
    } catch {
      if (link !== this.#link) return
      this.cut()
      setTimeout(() => this.isOpen || this.open(), 500)
    }
  }

  async #answer(route: string, input: Record<string, Record<string, unknown>>): Promise<unknown> {
    const life = this.#life
    await this.#way()
    if (life !== this.#life) throw unknownOutcome()
    const answer = this.#server.answer(this.#userId, route, input)
    if (answer === null) throw new ChatError({ code: 'NOT_FOUND', message: route })
    // As it was when it was read.
    const copy: unknown = structuredClone(answer)
    await this.#way()
    if (life !== this.#life) throw unknownOutcome()
    return copy
  }

  async #way(): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve, this.#random() * this.faults.delayMs)
    })
  }
}
