import { IDLE } from './idle-timeline.ts'
import type { Event, ResetReason } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import { createStore, type Store, type WritableStore } from '../store.ts'
import type { EventTape } from './event-tape.ts'
import {
  MessageWindow,
  type AfterEvent,
  type MessagePage,
  type WindowPorts,
} from './message-window.ts'
import type { Timeline } from './messages.ts'
import { joinPage, type PageQuery, type ReadPage } from './read-page.ts'
import type { TimelineMessage } from './timeline-message.ts'

export interface LiveTimelinePorts extends WindowPorts {
  readonly read: ReadPage
  readonly tape: EventTape
  readonly pause: (ms: number) => Promise<void>
  readonly pageSize: number
  /** What of mine is on its way; the same array while it is the same. */
  readonly tail: () => readonly TimelineMessage[]
  /** A page was taken in and is not shown yet. */
  readonly joined: (page: MessagePage) => void
  /** Called whenever something may be shown in another way. */
  readonly published?: () => void
}

const LARGEST_PAGE = 200
/** Pages in a row that showed nothing: all of it was said in threads. */
const EMPTY_PAGES = 10
/** Fewer do not fill a view. */
const FEW = 15
const MOST = 5_000
const KEPT = 4_000
const FIRST_PAUSE_MS = 4_000
const LONGEST_PAUSE_MS = 30_000

/** What is answered to those who are not in a room. */
const OUTSIDE: ReadonlySet<string> = new Set(['NOT_MEMBER', 'NOT_FOUND', 'BANNED'])

const errorOf = (cause: unknown): ChatError =>
  cause instanceof ChatError ? cause : unknownOutcome(cause)

/** A window of messages with its loading, as one store. What is shown changes once for each `publish`. */
export class LiveTimeline {
  readonly window: MessageWindow
  readonly #ports: LiveTimelinePorts
  readonly #store: WritableStore<Timeline> = createStore(IDLE)
  #status: Timeline['status'] = 'idle'
  #error: ChatError | null = null
  #isLoadingBefore = false
  #isLoadingAfter = false
  #renewing: number | null = null
  /** Goes up when the window becomes another one: what was asked for the old one is dropped. */
  #turn = 0
  #shown: { stored: readonly TimelineMessage[]; tail: readonly TimelineMessage[] } = {
    stored: [],
    tail: [],
  }

  constructor(ports: LiveTimelinePorts) {
    this.#ports = ports
    this.window = new MessageWindow(ports)
  }

  get store(): Store<Timeline> {
    return this.#store
  }

  /** Reads the latest page, unless it is there or under way. */
  async load(): Promise<void> {
    if (this.#status === 'loading' || this.#status === 'ready') return
    await this.#loadAnew()
  }

  /** Where the connection came back. */
  async recover(): Promise<void> {
    if (this.#status === 'failed' && this.#error?.isRetryable === true) await this.#loadAnew()
    else if (this.window.isBehind) await this.renew()
  }

  /** Not shown until `publish`. */
  take(events: readonly Event[], after?: AfterEvent): void {
    if (this.#status !== 'ready') {
      if (after !== undefined) for (const event of events) after(event, undefined)
      // Whoever is handed what is said in it is in the room, whatever the answer was while they were out of it.
      if (this.#status === 'failed' && OUTSIDE.has(this.#error?.code ?? '')) void this.#loadAnew()
    } else if (!this.window.apply(events, after)) void this.renew()
  }

  /** The log is known from now on: what was read as of `head` or later needs nothing of before. */
  begin(head: number): void {
    if (this.#status === 'failed') void this.#loadAnew()
    else if (this.#status === 'ready' && this.window.coveredTo < head) this.reset('too-far')
  }

  reset(reason: ResetReason): void {
    if (this.#status === 'idle') return
    this.#turn += 1
    if (reason === 'too-far' && this.#status === 'ready') {
      this.window.leaveBehind()
      this.#renewing = null
      void this.renew()
      return
    }
    this.window.clear()
    if (reason === 'not-member') {
      this.#fail(new ChatError({ code: 'NOT_MEMBER', message: 'You are not in this room.' }))
    } else void this.#loadAnew()
  }

  async loadBefore(): Promise<void> {
    const { window } = this
    if (this.#status !== 'ready' || this.#isLoadingBefore || !window.hasBefore) return
    this.#isLoadingBefore = true
    this.publish()
    const turn = this.#turn
    const { prepended } = window
    try {
      for (let pages = 0; pages < EMPTY_PAGES; pages += 1) {
        const first = window.rows.first ?? 0
        const isNow = (): boolean => turn === this.#turn
        await this.#join(
          { before: first, limit: this.#ports.pageSize },
          first - 1,
          isNow,
          (page, since) => {
            window.prepend(page, since)
          },
        )
        if (turn !== this.#turn || window.prepended > prepended || !window.hasBefore) break
      }
    } finally {
      if (turn === this.#turn) this.#isLoadingBefore = false
      this.publish()
    }
  }

  async loadAfter(): Promise<void> {
    const { window } = this
    if (this.#status !== 'ready' || this.#isLoadingAfter || !window.hasAfter) return
    this.#isLoadingAfter = true
    this.publish()
    const turn = this.#turn
    const { size } = window.rows
    try {
      for (let pages = 0; pages < EMPTY_PAGES; pages += 1) {
        const last = window.rows.last ?? 0
        const isNow = (): boolean => turn === this.#turn
        await this.#join(
          { after: last, limit: this.#ports.pageSize },
          last,
          isNow,
          (page, since) => {
            window.append(page, since)
          },
        )
        if (turn !== this.#turn || window.rows.size > size || !window.hasAfter) break
      }
    } finally {
      if (turn === this.#turn) this.#isLoadingAfter = false
      this.publish()
    }
  }

  async jumpTo(seq: number): Promise<void> {
    if (this.#status === 'idle') return
    if (this.#status === 'ready' && this.window.rows.has(seq)) return
    await this.#goTo({ around: seq, limit: this.#ports.pageSize })
  }

  async jumpToLatest(): Promise<void> {
    if (this.#status === 'idle') return
    if (this.#status === 'ready' && !this.window.hasAfter) return
    await this.#goTo({ limit: this.#ports.pageSize })
  }

  trim(): void {
    if (this.window.rows.size <= MOST || this.window.hasAfter || this.#isLoadingBefore) return
    this.window.trim(KEPT)
    this.publish()
  }

  /** Reads anew what is shown, without a word: events were left out. */
  async renew(): Promise<void> {
    if (this.#renewing !== null || this.#status !== 'ready') return
    this.#turn += 1
    const turn = this.#turn
    this.#renewing = turn
    this.#isLoadingBefore = false
    this.#isLoadingAfter = false
    this.publish()
    for (let tries = 0; turn === this.#turn; tries += 1) {
      const { hasAfter, rows } = this.window
      const limit = Math.min(LARGEST_PAGE, Math.max(this.#ports.pageSize, rows.size))
      const { middle } = rows
      const query = hasAfter && middle !== undefined ? { around: middle, limit } : { limit }
      try {
        await this.#replace(query, turn)
        break
      } catch (error) {
        if (turn !== this.#turn) break
        if (!errorOf(error).isRetryable) {
          this.window.clear()
          this.#fail(errorOf(error))
          break
        }
        await this.#ports.pause(Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** tries))
      }
    }
    if (this.#renewing === turn) this.#renewing = null
  }

  free(): void {
    this.#turn += 1
    this.#renewing = null
    this.window.clear()
    this.#status = 'idle'
    this.#error = null
    this.#isLoadingBefore = false
    this.#isLoadingAfter = false
    this.#store.set(IDLE)
    this.#ports.published?.()
  }

  /** Shows what has changed, if anything has. */
  publish(): void {
    if (this.#status === 'idle') return
    const { window } = this
    const stored = window.rows.items
    const tail = window.hasAfter ? [] : this.#ports.tail()
    const { current } = this.#store
    const old = this.#shown
    const isSameTail = old.tail === tail || (old.tail.length === 0 && tail.length === 0)
    const isSameItems = old.stored === stored && isSameTail && current.status !== 'idle'
    this.#shown = { stored, tail }
    const next: Timeline = {
      status: this.#status,
      error: this.#error,
      items: isSameItems ? current.items : tail.length === 0 ? stored : [...stored, ...tail],
      hasBefore: window.hasBefore,
      hasAfter: window.hasAfter,
      isLoadingBefore: this.#isLoadingBefore,
      isLoadingAfter: this.#isLoadingAfter,
      prepended: window.prepended,
    }
    const fields = Object.keys(next) as (keyof Timeline)[]
    if (fields.some((field) => next[field] !== current[field])) this.#store.set(next)
    this.#ports.published?.()
  }

  async #loadAnew(): Promise<void> {
    this.#status = 'loading'
    this.#error = null
    this.#turn += 1
    const turn = this.#turn
    this.publish()
    try {
      await this.#replace({ limit: this.#ports.pageSize }, turn)
    } catch (error) {
      if (turn !== this.#turn) return
      this.#fail(errorOf(error))
      if (errorOf(error).isRetryable) void this.#tryAgain(turn)
      return
    }
    await this.#fill()
  }

  /** It may have failed after the connection came back: nothing else would ask for it again. */
  async #tryAgain(turn: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      await this.#ports.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
      if (turn !== this.#turn) return
      try {
        await this.#replace({ limit: this.#ports.pageSize }, turn)
        break
      } catch (error) {
        if (turn !== this.#turn) return
        this.#fail(errorOf(error))
        if (!errorOf(error).isRetryable) return
      }
    }
    await this.#fill()
  }

  async #fill(): Promise<void> {
    if (this.window.rows.size < Math.min(FEW, this.#ports.pageSize))
      await this.loadBefore().catch(() => {})
  }

  async #goTo(query: PageQuery): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    this.#renewing = null
    this.#isLoadingBefore = false
    this.#isLoadingAfter = false
    try {
      await this.#replace(query, turn)
    } catch (error) {
      if (turn !== this.#turn) return
      if (this.#status === 'loading') this.#fail(errorOf(error))
      else if (this.window.isBehind) void this.renew()
      throw errorOf(error)
    }
    if (this.window.rows.size < Math.min(FEW, this.#ports.pageSize)) await this.loadBefore()
  }

  async #replace(query: PageQuery, turn: number): Promise<void> {
    const isNow = (): boolean => turn === this.#turn
    await this.#join(query, 0, isNow, (page, since) => {
      this.window.replace(page, since)
      this.#turn += 1
      this.#status = 'ready'
      this.#error = null
      this.#isLoadingBefore = false
      this.#isLoadingAfter = false
    })
  }

  async #join(
    query: PageQuery,
    atLeast: number,
    isNow: () => boolean,
    take: (page: MessagePage, since: readonly Event[]) => void,
  ): Promise<void> {
    await joinPage(this.#ports, query, atLeast, (page, since) => {
      if (!isNow()) return
      take(page, since)
      this.#ports.joined(page)
      this.publish()
    })
  }

  #fail(error: ChatError): void {
    this.#status = 'failed'
    this.#error = error
    this.publish()
  }
}
