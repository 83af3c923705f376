import type { Event, Room, User } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { ConnectionState } from '../connection/connection.ts'
import type { LogListener, RoomLog } from '../log/room-log.ts'
import { createMessages, type RoomMessages } from '../messages/create-messages.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { OutboxQueue, Stored } from '../outbox/outbox-queue.ts'
import type { PeopleCache } from '../people/people-cache.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import { ModelRoom, nameOf, type ModelQuery } from './model-room.ts'

export const LIVE: ConnectionState = {
  status: 'live',
  via: 'websocket',
  gateway: 'one',
  attempt: 0,
  retryAt: null,
  error: null,
}

const userOf = (id: string): User => ({
  id,
  username: null,
  displayName: nameOf(id),
  avatarUrl: null,
  kind: 'account',
  createdAt: '2026-01-01T00:00:00.000Z',
})

/** An outbox whose answers come when the test says so. */
class TestOutbox implements OutboxQueue {
  readonly entries = createStore<readonly OutboxEntry[]>([])
  readonly drafts = {
    get: () => Promise.resolve(''),
    set: () => {},
    rooms: createStore<ReadonlySet<string>>(new Set()),
  }
  readonly #settle = new Map<
    string,
    { readonly resolve: (stored: Stored) => void; readonly reject: (error: ChatError) => void }
  >()
  /** Tells of all that happens in one turn at its end, as the real one does. */
  isLate = false
  #next: readonly OutboxEntry[] = []
  #at = 0

  add(roomId: string, command: OutboxEntry['command'], clientMsgId = `id-${this.#at}`) {
    this.#at += 1
    const stored = new Promise<Stored>((resolve, reject) => {
      this.#settle.set(clientMsgId, { resolve, reject })
    })
    stored.catch(() => {})
    this.insert({
      roomId,
      command,
      clientMsgId,
      createdAt: this.#at,
      state: 'pending',
      error: null,
    })
    return { clientMsgId, stored }
  }

  /** As from another tab, or from before a reload. */
  insert(entry: OutboxEntry): void {
    this.#tell([...this.#next, entry])
  }

  retry(_roomId: string, clientMsgId: string): void {
    this.#change(clientMsgId, { state: 'pending', error: null })
  }

  cancel(_roomId: string, clientMsgId: string): boolean {
    const isThere = this.#next.some((entry) => entry.clientMsgId === clientMsgId)
    this.#remove(clientMsgId)
    this.#settle.get(clientMsgId)?.reject(new ChatError({ code: 'GONE', message: 'Cancelled.' }))
    return isThere
  }

  confirm(_roomId: string, clientMsgId: string, stored: Stored): void {
    this.answer(clientMsgId, stored)
  }

  answer(clientMsgId: string, stored: Stored): void {
    this.#remove(clientMsgId)
    this.#settle.get(clientMsgId)?.resolve(stored)
    this.#settle.delete(clientMsgId)
  }

  refuse(clientMsgId: string, error: ChatError): void {
    this.#change(clientMsgId, { state: 'failed', error })
    this.#settle.get(clientMsgId)?.reject(error)
  }

  #remove(id: string): void {
    const left = this.#next.filter((entry) => entry.clientMsgId !== id)
    if (left.length < this.#next.length) this.#tell(left)
  }

  #change(id: string, change: Partial<OutboxEntry>): void {
    this.#tell(this.#next.map((one) => (one.clientMsgId === id ? { ...one, ...change } : one)))
  }

  #tell(entries: readonly OutboxEntry[]): void {
    this.#next = entries
    if (this.isLate) queueMicrotask(() => this.entries.set(this.#next))
    else this.entries.set(entries)
  }
}

interface Task {
  readonly run: () => void
}

interface Request {
  readonly name: string
  readonly payload: Record<string, unknown>
  readonly answer: (data: unknown) => void
  readonly refuse: (error: ChatError) => void
}

class TestLog implements RoomLog {
  readonly roomId = 'room'
  readonly #room: TestRoom

  constructor(room: TestRoom) {
    this.#room = room
  }

  get position(): number | null {
    return this.#room.position
  }

  readonly follow = (listener: LogListener): (() => void) => {
    this.#room.listeners.add(listener)
    return () => this.#room.listeners.delete(listener)
  }
}

/** A room of the client before a model of the server; whatever takes time waits for `step`. */
export class TestRoom {
  readonly model: ModelRoom
  readonly outbox = new TestOutbox()
  readonly state = createStore<ConnectionState>(LIVE)
  readonly me = createStore<User | null>(userOf('me'))
  readonly requests: Request[] = []
  readonly messages: RoomMessages
  readonly tasks: Task[] = []
  readonly #random: () => number
  readonly listeners = new Set<LogListener>()
  /** How far heads may lag behind, in events. */
  staleBy = 0
  reads = 0
  position: number | null = 0
  failing: ChatError | null = null
  people: Pick<PeopleCache, 'get'> = { get: (id) => createStore<User | null>(userOf(id)) }
  /** As the server knows them, where it is asked for one. */
  users = new Map<string, User>()
  peers: Room['peers'] = undefined

  constructor(random: () => number = () => 0, isSealed = false, pageSize = 50) {
    this.#random = random
    this.model = new ModelRoom('room', 'me', isSealed)
    this.position = this.model.head
    this.messages = createMessages({
      roomId: 'room',
      log: new TestLog(this),
      outbox: this.outbox,
      call: ((route: string, input: never) => this.#call(route, input)) as unknown as CallRoute,
      connection: {
        state: this.state,
        request: (name, payload) =>
          new Promise((answer, refuse) => {
            this.requests.push({ name, payload, answer: answer as Request['answer'], refuse })
          }),
      },
      people: { get: (id) => this.people.get(id), remember: () => undefined },
      peers: () => this.peers,
      me: this.me,
      keepMs: 0,
      pageSize,
      pause: () => this.wait(),
      random: () => 0.5,
    })
  }

  get followers(): number {
    return this.listeners.size
  }

  /** Hands on the events up to `to`, as one batch. */
  deliver(to = this.model.head): void {
    const from = this.position ?? 0
    const events = this.model.log.slice(from, to).map((event) => this.model.told(event))
    this.hand(events)
  }

  hand(events: readonly Event[]): void {
    const last = events.at(-1)
    if (last === undefined) return
    this.position = last.seq
    for (const listener of this.listeners) listener.events(events)
  }

  reset(reason: 'too-far' | 'epoch' | 'ahead' | 'not-member', head = this.model.head): void {
    this.position = reason === 'not-member' ? null : head
    for (const listener of this.listeners) listener.reset(head, reason)
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.tasks.push({ run: resolve }))
  }

  /** One of what waits goes on. */
  async step(): Promise<void> {
    const at = Math.floor(this.#random() * this.tasks.length)
    const [task] = this.tasks.splice(at, 1)
    task?.run()
    await settled()
  }

  /** Until nothing waits any more. */
  async drain(): Promise<void> {
    await settled()
    for (let steps = 0; this.tasks.length > 0; steps += 1) {
      if (steps > 5_000) throw new Error('It never comes to rest.')
      await this.step()
    }
  }

  async #call(route: string, input: { params: { seq?: number; id?: string }; query: ModelQuery }) {
    if (route === 'GET /v1/users/:id') return { user: this.users.get(input.params.id ?? '') }
    this.reads += 1
    await this.wait()
    if (this.failing !== null) throw this.failing
    const { model } = this
    const lag = Math.floor(this.#random() * (this.staleBy + 1))
    const head = Math.max(1, model.head - lag)
    await this.wait()
    const bodiesAt = model.head
    if (route === 'GET /v1/rooms/:id/messages/:seq') {
      const message = model.messages(bodiesAt).find(({ seq }) => seq === input.params.seq)
      if (message === undefined) throw new ChatError({ code: 'NOT_FOUND', message: 'No.' })
      return { message }
    }
    const thread = route.endsWith('/replies') ? input.params.seq : undefined
    const answer = model.page(input.query, head, bodiesAt, thread)
    await this.wait()
    return answer
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
