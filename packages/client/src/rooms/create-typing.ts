import type { Event, Fact } from '@parley/message-schema'
import type { Connection } from '../connection/connection.ts'
import type { RoomLog } from '../log/room-log.ts'
import { createStore, type Store, type WritableStore } from '../store.ts'
import type { Typing, TypingPeople } from './typing.ts'

export interface TypingPorts {
  readonly roomId: string
  readonly log: Pick<RoomLog, 'follow'>
  readonly connection: Pick<Connection, 'request' | 'onFact' | 'session' | 'state'>
  readonly meId: () => string | undefined
  /** Whether the room is small enough: `features.typing`. */
  readonly isOn: () => boolean
  readonly now?: () => number
}

export interface OwnedTyping extends Typing {
  /** I have said it: the next keystroke is told at once. */
  readonly sent: (threadId?: number) => void
  readonly close: () => void
}

interface Typist {
  readonly threadId: number | undefined
  readonly timer: ReturnType<typeof setTimeout>
}

const NOBODY: TypingPeople = { userIds: [], others: 0 }
const HOLDS_MS = 6_000
const TELL_EVERY_MS = 3_000
/** The server names five, and tells of rooms of at most a hundred. */
const MOST = 100

/** What others type. It is heard while somebody subscribes to one of its stores. */
class Heard {
  readonly #ports: TypingPorts
  readonly #typists = new Map<string, Typist>()
  readonly #stores = new Map<number | undefined, WritableStore<TypingPeople>>()
  #others = 0
  #othersTimer: ReturnType<typeof setTimeout> | undefined
  #subscribers = 0
  #ends: (() => void)[] = []

  constructor(ports: TypingPorts) {
    this.#ports = ports
  }

  store(threadId: number | undefined): Store<TypingPeople> {
    const known = this.#stores.get(threadId) ?? createStore(NOBODY)
    const subscribe = (listener: () => void): (() => void) => {
      this.#stores.set(threadId, known)
      const end = known.subscribe(listener)
      this.#begin()
      let isEnded = false
      return () => {
        if (isEnded) return
        isEnded = true
        end()
        this.#cease()
      }
    }
    return {
      get current() {
        return known.current
      },
      subscribe,
    }
  }

  stop(): void {
    for (const end of this.#ends) end()
    this.#ends = []
    for (const { timer } of this.#typists.values()) clearTimeout(timer)
    this.#typists.clear()
    clearTimeout(this.#othersTimer)
    this.#others = 0
    this.#show()
  }

  #begin(): void {
    this.#subscribers += 1
    if (this.#ends.length > 0) return
    const { log, connection, roomId } = this.#ports
    this.#ends = [
      connection.onFact('typing', (fact) => {
        if (fact.roomId === roomId) this.#hear(fact)
      }),
      log.follow({ events: (events) => this.#said(events), reset: () => {} }),
    ]
  }

  #cease(): void {
    this.#subscribers -= 1
    if (this.#subscribers > 0) return
    this.stop()
    this.#stores.clear()
  }

  #hear({ users, others = 0 }: Fact<'typing'>): void {
    for (const { userId, on, threadId } of users) {
      this.#forget(userId)
      if (!on || userId === this.#ports.meId() || this.#typists.size >= MOST) continue
      const timer = setTimeout(() => {
        this.#typists.delete(userId)
        this.#show()
      }, this.#holdsMs())
      this.#typists.set(userId, { threadId, timer })
    }
    clearTimeout(this.#othersTimer)
    this.#others = others
    if (others > 0) {
      this.#othersTimer = setTimeout(() => {
        this.#others = 0
        this.#show()
      }, this.#holdsMs())
    }
    this.#show()
  }

  /** Whoever has said it types it no more, and neither does who has left. */
  #said(events: readonly Event[]): void {
    let isChanged = false
    for (const { type, actor, data } of events) {
      if (type === 'message:created') isChanged = this.#forget(actor.id) || isChanged
      if (type === 'member:left') isChanged = this.#forget(data.userId) || isChanged
    }
    if (isChanged) this.#show()
  }

  #forget(userId: string): boolean {
    const typist = this.#typists.get(userId)
    if (typist === undefined) return false
    clearTimeout(typist.timer)
    return this.#typists.delete(userId)
  }

  #holdsMs(): number {
    return this.#ports.connection.session.current?.limits['typingForMs'] ?? HOLDS_MS
  }

  #show(): void {
    for (const [threadId, store] of this.#stores) {
      const typists = [...this.#typists].filter(([, typist]) => typist.threadId === threadId)
      const userIds = typists.map(([userId]) => userId)
      // Where the others type is not told: they are counted for the room.
      const others = threadId === undefined ? this.#others : 0
      const { current } = store
      const isSame = current.others === others && current.userIds.join() === userIds.join()
      if (!isSame) store.set(userIds.length + others === 0 ? NOBODY : { userIds, others })
    }
  }
}

export function createTyping(ports: TypingPorts): OwnedTyping {
  const { roomId, connection, isOn } = ports
  const now = ports.now ?? Date.now
  const heard = new Heard(ports)
  const threads = new Map<number, Store<TypingPeople>>()
  const people = heard.store(undefined)
  let told: { readonly threadId: number | undefined; readonly atMs: number } | null = null

  const tell = (on: boolean, threadId: number | undefined): void => {
    const { status, via } = connection.state.current
    if (status !== 'live' || via === 'http') return
    const thread = threadId === undefined ? {} : { threadId }
    // It is of no use later, so nothing is done about a refusal.
    connection.request('typing:set', { roomId, on, ...thread }).catch(() => {})
  }

  return {
    people,
    inThread(threadId) {
      const store = threads.get(threadId) ?? heard.store(threadId)
      threads.set(threadId, store)
      const [oldest] = threads.keys()
      if (threads.size > MOST && oldest !== undefined) threads.delete(oldest)
      return store
    },
    keystroke(threadId) {
      if (!isOn()) return
      const everyMs = connection.session.current?.limits['typingEveryMs'] ?? TELL_EVERY_MS
      const isTold = told?.threadId === threadId && now() - (told?.atMs ?? 0) < everyMs
      if (isTold && told !== null) return
      told = { threadId, atMs: now() }
      tell(true, threadId)
    },
    stop(threadId) {
      if (told === null || told.threadId !== threadId) return
      told = null
      tell(false, threadId)
    },
    sent(threadId) {
      // The server knows by the message itself.
      if (told?.threadId === threadId) told = null
    },
    close: () => heard.stop(),
  }
}
