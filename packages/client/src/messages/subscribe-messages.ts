import type { Event } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import { reportError } from '../store.ts'
import { messageFromEvent } from './fold-message.ts'
import type { MessageHub } from './message-hub.ts'
import type {
  HistoryPage,
  MessageChange,
  MessageSubscription,
  TimelineMessage,
} from './messages.ts'
import { joinPage, readRoomPage, type PageQuery } from './read-page.ts'
import { toItem } from './to-item.ts'

interface Told {
  readonly event: Event
  readonly item: TimelineMessage | undefined
}

interface Listener {
  readonly change: (change: MessageChange) => void
  readonly reset: ((head: number) => void) | undefined
}

const TRIES = 5
const PAGE = 50

const typeOf = (event: Event): MessageChange['type'] | null => {
  if (event.type === 'message:created') return 'created'
  if (event.type === 'message:deleted') return 'deleted'
  const isAbout = ['message:updated', 'reaction:changed', 'pin:changed'].includes(event.type)
  return isAbout ? 'updated' : null
}

function guarded(run: () => void): void {
  try {
    run()
  } catch (error) {
    reportError(error)
  }
}

function live({ state }: Pick<Connection, 'state'>): Promise<void> {
  return new Promise((resolve) => {
    const isSo = (): boolean => state.current.status === 'live'
    if (isSo()) return resolve()
    const end = state.subscribe(() => {
      if (!isSo()) return
      end()
      resolve()
    })
  })
}

class Subscription {
  readonly #hub: MessageHub
  readonly #read: (seq: number) => Promise<TimelineMessage>
  readonly #listener: Listener
  readonly #ends: (() => void)[]
  #queue: (Told | { readonly head: number })[] = []
  #isTelling = false
  #isEnded = false
  /** The listener is told of what comes after it. */
  #start: number | null
  #heardTo: number | null = null
  /** The log was not known when it was set. */
  #isGuess = false

  constructor(
    hub: MessageHub,
    read: (seq: number) => Promise<TimelineMessage>,
    listener: Listener,
  ) {
    this.#hub = hub
    this.#read = read
    this.#listener = listener
    const close = hub.open()
    this.#start = hub.tape.position
    const unlisten = hub.listen({
      events: (event, item) => {
        const last = this.#heardTo ?? this.#start
        // The log became known later than the history was read.
        if (last !== null && event.seq > last + 1) this.#goOn(event.seq - 1)
        this.#start ??= event.seq - 1
        this.#heardTo = event.seq
        if (typeOf(event) !== null) this.#tell({ event, item })
      },
      reset: (head, reason) => {
        // The first one only says where the log is.
        if (this.#start === null) this.#start = head
        else if (reason !== 'not-member' && !(this.#isGuess && this.#start >= head))
          this.#goOn(head)
        this.#isGuess = false
      },
    })
    this.#ends = [unlisten, close]
  }

  historyBefore(limit: number): Promise<HistoryPage> {
    const start = this.#start
    if (start === null) return this.#page({ limit }, 0)
    return this.#page({ before: start + 1, limit }, start)
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#queue = []
    for (const end of this.#ends) end()
  }

  #goOn(head: number): void {
    this.#start = head
    this.#heardTo = head
    this.#tell({ head })
  }

  #tell(told: Told | { readonly head: number }): void {
    this.#queue.push(told)
    if (!this.#isTelling) void this.#tellAll()
  }

  /** At once, but for a change of a message that has to be read: what came after waits for it. */
  async #tellAll(): Promise<void> {
    this.#isTelling = true
    for (let told = this.#queue.shift(); told !== undefined; told = this.#queue.shift()) {
      if ('head' in told) {
        const { head } = told
        guarded(() => this.#listener.reset?.(head))
      } else this.#tellOne(told.event, this.#known(told) ?? (await this.#ask(told.event)))
    }
    this.#isTelling = false
  }

  #tellOne(event: Event, message: TimelineMessage | null): void {
    const type = typeOf(event)
    if (type === null || message === null || this.#isEnded) return
    // It was among the history that was read before the log was known.
    if (type === 'created' && event.seq <= (this.#start ?? 0)) return
    guarded(() => this.#listener.change({ type, message, event }))
  }

  #known({ event, item }: Told): TimelineMessage | undefined {
    if (item !== undefined || event.type !== 'message:created') return item
    const { ports, meId, senderOf } = this.#hub
    return toItem(messageFromEvent(ports.roomId, event, senderOf(event.actor.id)), meId)
  }

  /** What cannot be read while the server answers others is not passed over in silence. */
  async #ask({ ref, seq }: Event): Promise<TimelineMessage | null> {
    if (ref === undefined) return null
    const { pause, ports } = this.#hub
    for (let tries = 1; !this.#isEnded; tries += 1) {
      try {
        return await this.#read(ref)
      } catch (error) {
        if (!(error instanceof ChatError)) return null
        // Somebody may sign in again.
        if (!error.isRetryable && !error.code.startsWith('AUTH_')) return null
        if (tries >= TRIES) break
        await pause(error.retryAfterMs ?? 500 * 2 ** tries)
        await live(ports.connection)
      }
    }
    if (!this.#isEnded) guarded(() => this.#listener.reset?.(seq))
    return null
  }

  async #page(query: PageQuery, atLeast: number): Promise<HistoryPage> {
    const { ports, tape, pause, meId } = this.#hub
    let answer: HistoryPage = { items: [], hasMore: false, older: () => this.#page(query, atLeast) }
    const read = readRoomPage(ports.call, ports.roomId)
    await joinPage({ read, tape, pause }, query, atLeast, ({ data, head, hasMoreBefore }) => {
      // Where the log is not known yet, it begins with what was read here.
      this.#isGuess ||= this.#start === null
      this.#start ??= head
      const start = this.#start
      // Events may have come while the latest page was on its way.
      const items = data.filter(({ seq }) => seq <= start).map((message) => toItem(message, meId))
      const before = Math.min(data[0]?.seq ?? 0, start + 1)
      const older = () => this.#page({ limit: query.limit, before }, before - 1)
      answer = { items, hasMore: hasMoreBefore, older }
    })
    return answer
  }
}

/** Live messages, each change once and in order, and the history before them without hole or double. */
export function subscribeMessages(
  hub: MessageHub,
  read: (seq: number) => Promise<TimelineMessage>,
  change: (change: MessageChange) => void,
  reset?: (head: number) => void,
): MessageSubscription {
  const subscription = new Subscription(hub, read, { change, reset })
  return {
    historyBefore: ({ limit = PAGE } = {}) => subscription.historyBefore(limit),
    unsubscribe: () => subscription.end(),
  }
}
