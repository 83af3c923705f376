import type { MyPresence, PresenceState } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import { createRepeater } from '../log/create-repeater.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import type { PresenceWatch } from './presence-watch.ts'

type WatchIdle = (changed: (isIdle: boolean) => void) => () => void

export interface PresenceWatchPorts {
  readonly connection: Pick<Connection, 'request' | 'onFact' | 'onSession' | 'state'>
  readonly call: CallRoute
  /** Tells whether the device is used; answers what ends it. By default the page tells. */
  readonly watchIdle?: WatchIdle
  readonly random?: () => number
}

export interface OwnedPresenceWatch extends PresenceWatch {
  readonly close: () => void
}

const MOST = 200
/** What one screen begins and ceases to watch in so short a time is one command. */
const GATHER_MS = 100

export function createPresenceWatch(ports: PresenceWatchPorts): OwnedPresenceWatch {
  const { connection, call } = ports
  const watched = createWatched(ports)
  const mine = createStore<MyPresence | null>(null)
  let isIdle = false
  let changes = 0

  const tellIdle = (): void => {
    // A device that is not there is not in use either; the next session tells it.
    connection.request('presence:set', { idle: isIdle }).catch(() => undefined)
  }
  function setIdle(idle: boolean): void {
    if (idle === isIdle) return
    isIdle = idle
    if (connection.state.current.status === 'live') tellIdle()
  }
  const readMine = async (): Promise<void> => {
    const asOf = changes
    const read = await call('GET /v1/me/presence').catch(() => null)
    if (read !== null && asOf === changes) mine.set(read.presence)
  }
  const idleWatch = watchIdleLater(ports.watchIdle, setIdle)
  const ends = [
    connection.onFact('presence', ({ states }) => watched.hear(states)),
    connection.onSession(async () => {
      watched.renew()
      idleWatch.begin()
      void readMine()
      if (isIdle) tellIdle()
    }),
    watched.stop,
    idleWatch.stop,
  ]

  return {
    states: watched.states,
    watch: watched.watch,
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
    },
  }
}

/** A page tells it for minutes at the earliest: its code is fetched while it connects. */
function watchIdleLater(watchIdle: WatchIdle | undefined, changed: (isIdle: boolean) => void) {
  let isOver = false
  let stop = watchIdle?.(changed)
  return {
    begin: (): void => {
      if (stop !== undefined || isOver) return
      import('./page-idle.ts').then(
        ({ watchPageIdle }) => {
          if (!isOver) stop ??= watchPageIdle(changed)
        },
        // The next session tries again.
        () => undefined,
      )
    },
    stop: (): void => {
      isOver = true
      stop?.()
    },
  }
}

/** Those who are watched, and what is known of them. */
function createWatched({ connection, random }: PresenceWatchPorts) {
  const states = createStore<PresenceWatch['states']['current']>(new Map())
  /** How often each is watched, the latest last. */
  const counts = new Map<string, number>()
  let told = new Set<string>()

  const put = (
    known: Iterable<readonly [string, PresenceState]>,
    news: readonly PresenceState[],
  ): void => {
    const ofTold = news.filter(({ userId }) => told.has(userId))
    states.set(new Map([...known, ...ofTold.map((one) => [one.userId, one] as const)]))
  }
  const subscribe = createRepeater({
    random,
    gatherMs: GATHER_MS,
    // Without a session the next one asks.
    mayRetry: () => connection.state.current.via !== null,
    async run() {
      const userIds = [...counts.keys()].slice(-MOST)
      if (userIds.length === told.size && userIds.every((id) => told.has(id))) return
      try {
        // Facts about them may come before the answer.
        told = new Set(userIds)
        const answer = await connection.request('presence:subscribe', { userIds })
        const known = [...states.current].filter(([id]) => told.has(id))
        put(known, answer.states)
      } catch (error) {
        told = new Set()
        throw error
      }
    },
  })

  return {
    states,
    hear: (news: readonly PresenceState[]) => put(states.current, news),
    watch: (userIds: readonly string[]): (() => void) => {
      const ids = new Set(userIds)
      const count = (by: number): void => {
        for (const id of ids) {
          const now = (counts.get(id) ?? 0) + by
          if (by > 0 || now === 0) counts.delete(id)
          if (now > 0) counts.set(id, now)
        }
        subscribe.ask()
      }
      count(1)
      let isEnded = false
      return () => {
        if (!isEnded) count(-1)
        isEnded = true
      }
    },
    /** A new session watches nobody. */
    renew: (): void => {
      told = new Set()
      subscribe.stop()
      void subscribe.now()
    },
    stop: subscribe.stop,
  }
}
