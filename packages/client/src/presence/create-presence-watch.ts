import type { MyPresence, PresenceState } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import { watchPageIdle } from './page-idle.ts'
import type { PresenceWatch } from './presence-watch.ts'

export interface PresenceWatchPorts {
  readonly connection: Pick<Connection, 'request' | 'onFact' | 'onSession' | 'state'>
  readonly call: CallRoute
  /** Tells whether the device is used; answers what ends it. By default the page tells. */
  readonly watchIdle?: (changed: (isIdle: boolean) => void) => () => void
  readonly random?: () => number
}

export interface OwnedPresenceWatch extends PresenceWatch {
  readonly close: () => void
}

const MOST = 200
/** What one screen begins and ceases to watch in so short a time is one command. */
const GATHER_MS = 100
const LONGEST_PAUSE_MS = 30_000

type States = ReadonlyMap<string, PresenceState>

/** Who is watched how often, the latest last. */
class Watched {
  readonly #counts = new Map<string, number>()

  add(userId: string): void {
    const count = this.#counts.get(userId) ?? 0
    this.#counts.delete(userId)
    this.#counts.set(userId, count + 1)
  }

  remove(userId: string): void {
    const count = this.#counts.get(userId) ?? 0
    if (count > 1) this.#counts.set(userId, count - 1)
    else this.#counts.delete(userId)
  }

  latest(): string[] {
    return [...this.#counts.keys()].slice(-MOST)
  }
}

class Subscriber {
  readonly #ports: PresenceWatchPorts
  readonly #watched = new Watched()
  readonly states = createStore<States>(new Map())
  #told = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #isAsking = false
  #isStale = false
  #tries = 0

  constructor(ports: PresenceWatchPorts) {
    this.#ports = ports
  }

  watch(userIds: readonly string[]): () => void {
    const ids = new Set(userIds)
    for (const id of ids) this.#watched.add(id)
    this.#soon(GATHER_MS)
    let isEnded = false
    return () => {
      if (isEnded) return
      isEnded = true
      for (const id of ids) this.#watched.remove(id)
      this.#soon(GATHER_MS)
    }
  }

  hear(states: readonly PresenceState[]): void {
    const known = new Map(this.states.current)
    for (const state of states) if (this.#told.has(state.userId)) known.set(state.userId, state)
    this.states.set(known)
  }

  /** A new session watches nobody. */
  renew(): void {
    this.#told = new Set()
    this.#tries = 0
    this.#soon(0)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #soon(ms: number): void {
    this.#isStale = true
    if (this.#timer !== null && ms > 0) return
    this.stop()
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#ask()
    }, ms)
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    const userIds = this.#watched.latest()
    const isSame = userIds.length === this.#told.size && userIds.every((id) => this.#told.has(id))
    this.#isStale = false
    if (isSame) return
    this.#isAsking = true
    try {
      // Facts about them may come before the answer.
      this.#told = new Set(userIds)
      const { states } = await this.#ports.connection.request('presence:subscribe', { userIds })
      this.#tries = 0
      this.#keep(states)
    } catch {
      this.#told = new Set()
      this.#again()
    } finally {
      this.#isAsking = false
    }
    if (this.#isStale && this.#timer === null) this.#soon(GATHER_MS)
  }

  #keep(states: readonly PresenceState[]): void {
    const known = new Map<string, PresenceState>()
    for (const id of this.#told) {
      const old = this.states.current.get(id)
      if (old !== undefined) known.set(id, old)
    }
    for (const state of states) if (this.#told.has(state.userId)) known.set(state.userId, state)
    this.states.set(known)
  }

  /** Without a session the next one asks. */
  #again(): void {
    this.#isStale = true
    if (this.#ports.connection.state.current.status !== 'live') return
    this.#tries += 1
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#tries)
    this.#soon(pauseMs * (0.5 + (this.#ports.random ?? Math.random)() / 2))
  }
}

export function createPresenceWatch(ports: PresenceWatchPorts): OwnedPresenceWatch {
  const { connection, call } = ports
  const mine = createStore<MyPresence | null>(null)
  const subscriber = new Subscriber(ports)
  let isIdle = false
  let changes = 0

  const tellIdle = (): void => {
    // A device that is not there is not in use either; the next session tells it.
    connection.request('presence:set', { idle: isIdle }).catch(() => {})
  }
  const readMine = async (): Promise<void> => {
    const asOf = changes
    const read = await call('GET /v1/me/presence').catch(() => null)
    if (read !== null && asOf === changes) mine.set(read.presence)
  }
  const setIdle = (idle: boolean): void => {
    if (idle === isIdle) return
    isIdle = idle
    if (connection.state.current.status === 'live') tellIdle()
  }
  const ends = [
    connection.onFact('presence', ({ states }) => subscriber.hear(states)),
    connection.onSession(() => {
      subscriber.renew()
      void readMine()
      if (isIdle) tellIdle()
      return Promise.resolve()
    }),
    (ports.watchIdle ?? watchPageIdle)(setIdle),
  ]

  return {
    states: subscriber.states,
    watch: (userIds) => subscriber.watch(userIds),
    mine,
    async set(change) {
      const before = mine.current
      changes += 1
      const own = changes
      if (before !== null) mine.set({ ...before, ...change })
      try {
        const { presence } = await call('PUT /v1/me/presence', { body: change })
        if (own === changes) mine.set(presence)
      } catch (error) {
        if (own === changes) mine.set(before)
        throw error
      }
    },
    setIdle,
    close() {
      for (const end of ends) end()
      subscriber.stop()
    },
  }
}
