import { createStore } from '@parley/client'
import type { VirtualizerHandle } from 'virtua'
import type { ListRows } from './list-rows.ts'
import { placeOfSeq } from './row-look.ts'

export interface ListPlacePorts {
  readonly rows: ListRows
  /** The first new one, if it is among the rows. */
  readonly firstSeq: number | null
  /** Where the element stands. */
  readonly scrollTop: () => number
  readonly onNearStart: () => void
  readonly onNearEnd: () => void
  /** A message that was gone to is in sight. */
  readonly onReached: (seq: number) => void
}

/** The height of what is above the first row, in pixels: the list does not count it as its own. */
export const START = 72
/** Closer than this to the end is the end, in pixels. */
const END = 40
/** So far from an end more is loaded. */
const NEAR = 1_400
const WISH_MS = 8_000
/** So long after a list was entered its rows are still being measured, and its end moves. */
const SETTLE_MS = 2_000
/** On iPhones and iPads whatever scrolls ends the motion of the finger; there the list waits for its end. */
const STOPS_MOMENTUM = globalThis.CSS?.supports('-webkit-touch-callout', 'none') ?? false

/** Where a list stands: at the end as long as nobody scrolls up, at a message, or where it was left. */
export class ListPlace {
  /** The latest message is in sight. */
  readonly isAtBottom = createStore(false)
  #handle: VirtualizerHandle | null = null
  #ports: ListPlacePorts
  #sticks = true
  #lastOffset = 0
  #wish: { readonly seq: number; readonly until: number } | null = null
  #wantsFirst = true
  #epoch: number | null = null
  #lastKey: string | undefined = undefined
  #settlesUntil = 0
  #lastLeft = 0
  /** Older ones came in, or went: for the list the end stands still now, until nobody scrolls. */
  #isHeldByEnd = false

  constructor(ports: ListPlacePorts) {
    this.#ports = ports
  }

  readonly setHandle = (handle: VirtualizerHandle | null): void => {
    this.#handle = handle
  }

  setPorts(ports: ListPlacePorts): void {
    this.#ports = ports
  }

  get handle(): VirtualizerHandle | null {
    return this.#handle
  }

  /** After other rows were rendered. */
  rowsChanged(): void {
    const { rows } = this.#ports
    const { items, timeline } = rows
    const last = items.at(-1)
    const isMineNew = last?.key !== this.#lastKey && last?.state.name === 'pending'
    this.#lastKey = last?.key
    if (last === undefined) return
    const isNewList = this.#epoch !== rows.epoch
    this.#epoch = rows.epoch
    if (rows.isShift) this.#isHeldByEnd = true
    if (this.#showWish()) return
    if (isNewList) this.#enter()
    else if (isMineNew) this.goToEnd()
    else if (this.#sticks && !timeline.hasAfter) this.#scrollToEnd()
  }

  readonly #onScroll = (offset: number): void => {
    const at = this.#handle
    if (at === null) return
    const left = this.#leftOf(at, offset)
    if (this.#isHeldByEnd && left < this.#lastLeft - 1) this.#holdByTop(at)
    this.#lastLeft = left
    if (this.#sticks && left > END && Date.now() < this.#settlesUntil) {
      // Nobody scrolled: rows turned out to be of another height than was thought.
      this.#lastOffset = offset
      return
    }
    // Only who goes up leaves the end: what comes in below, or grows, does not take one from it.
    if (left <= END) this.#sticks = !this.#ports.rows.timeline.hasAfter
    else if (offset < this.#lastOffset - 1) this.#sticks = false
    this.#lastOffset = offset
    if (!this.#sticks || left <= END) this.look()
  }

  readonly #onResize = (): void => {
    if (this.#sticks) this.#settle()
    this.look()
  }

  /** What the list tells of itself. */
  readonly moves = { onScroll: this.#onScroll, onResize: this.#onResize }

  readonly #touched = (): void => {
    this.#settlesUntil = 0
  }

  /** Somebody scrolls: from now on the list goes where they want it. For its element. */
  readonly touches = {
    onWheel: this.#touched,
    onTouchMove: this.#touched,
    onKeyDownCapture: this.#touched,
    onPointerDownCapture: this.#touched,
  }

  /** Loads more where an end is near. */
  look(): void {
    const at = this.#handle
    // At the first render there are no measures yet.
    if (at === null || at.viewportSize === 0) return
    const { rows, onNearEnd, onNearStart } = this.#ports
    const { timeline } = rows
    const { scrollOffset } = at
    const left = this.#leftOf(at)
    this.isAtBottom.set(left <= END && !timeline.hasAfter)
    if (timeline.hasBefore && !timeline.isLoadingBefore && scrollOffset < NEAR) onNearStart()
    if (timeline.hasAfter && !timeline.isLoadingAfter && left < NEAR) onNearEnd()
  }

  readonly goToEnd = (): void => {
    this.#sticks = true
    this.#wish = null
    this.#settle()
  }

  /** To the first new one, in the list that comes next. */
  readonly goToFirstNew = (): void => {
    this.#wantsFirst = true
  }

  /** To a message, as soon as it is there. */
  readonly goTo = (seq: number): void => {
    this.#wish = { seq, until: Date.now() + WISH_MS }
    this.#showWish()
  }

  /** To the end, and there until all of it is measured: what grows below tells nobody of it. */
  #settle(): void {
    const isSettling = Date.now() < this.#settlesUntil
    this.#settlesUntil = Date.now() + SETTLE_MS
    this.#scrollToEnd()
    if (!isSettling) requestAnimationFrame(this.#settleMore)
  }

  readonly #settleMore = (): void => {
    const at = this.#handle
    if (!this.#sticks || at === null || Date.now() >= this.#settlesUntil) return
    if (this.#leftOf(at) > 1) at.scrollTo(START + at.scrollSize)
    requestAnimationFrame(this.#settleMore)
  }

  /**
   * Who scrolls down again brings in rows below that are yet to be measured, which must not move those
   * in sight. A scroll to where the list stands at each moment makes it hold them.
   */
  #holdByTop(at: VirtualizerHandle): void {
    this.#isHeldByEnd = false
    if (this.#sticks || STOPS_MOMENTUM) return
    const here = { valueOf: () => this.#ports.scrollTop() }
    // A number that is read anew whenever it is used.
    at.scrollTo(here as unknown as number)
  }

  /** How far the end is below what is in sight. The list calls itself as high as its place, if it is less. */
  #leftOf(at: VirtualizerHandle, offset = at.scrollOffset): number {
    const last = this.#ports.rows.items.length - 1
    const end = START + at.getItemOffset(last) + at.getItemSize(last)
    return Math.max(0, end - at.viewportSize - offset)
  }

  #scrollToEnd(): void {
    this.#isHeldByEnd = false
    const { items } = this.#ports.rows
    if (items.length > 0) this.#handle?.scrollToIndex(items.length - 1, { align: 'end' })
  }

  /** Another list than before: it begins at the line of what is new, or at its end. */
  #enter(): void {
    const { rows, firstSeq } = this.#ports
    const { items, timeline } = rows
    const isFirst = this.#wantsFirst && firstSeq !== null
    this.#wantsFirst = false
    this.#sticks = !isFirst && !timeline.hasAfter
    if (!isFirst) {
      this.#settle()
      return
    }
    const index = placeOfSeq(items, firstSeq)
    this.#handle?.scrollToIndex(index, { align: 'start', offset: -96 })
  }

  #showWish(): boolean {
    const wanted = this.#wish
    if (wanted === null) return false
    const { rows, onNearStart, onReached } = this.#ports
    const { items, timeline } = rows
    const index = placeOfSeq(items, wanted.seq)
    if (items[index]?.seq !== wanted.seq) {
      if (Date.now() > wanted.until) this.#wish = null
      // It is the one that is not shown while there are older ones.
      else if (timeline.items[0]?.seq === wanted.seq) onNearStart()
      return false
    }
    this.#wish = null
    this.#sticks = false
    this.#isHeldByEnd = false
    this.#handle?.scrollToIndex(index, { align: 'center' })
    onReached(wanted.seq)
    return true
  }
}
