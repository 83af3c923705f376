export interface ScrollPlace {
  /** After every change of what is shown. `isOther`: other messages than before. */
  readonly settle: (isOther: boolean) => void
  readonly toBottom: () => void
  /** Shows a message as soon as there is one with this `seq`. */
  readonly toSeq: (seq: number) => void
  readonly end: () => void
}

export interface ScrollPlacePorts {
  readonly onBottom: (isAtBottom: boolean) => void
  readonly onNearTop: () => void
  readonly onNearBottom: () => void
}

/** Pixels from the end that still count as the end. */
const BOTTOM_PX = 48
/** Pixels before an end at which more is asked for. */
const NEAR_PX = 600

/**
 * Keeps the place in a list that grows at both ends and in the middle. At the end it stays at the end;
 * elsewhere the first row that is seen stays where it is, whatever comes above it or grows (older
 * messages, pictures). The browser's own anchoring does only a part of this, and not everywhere: the
 * style switches it off.
 */
export function createScrollPlace(
  scroller: HTMLElement,
  content: HTMLElement,
  ports: ScrollPlacePorts,
): ScrollPlace {
  let isStuck = true
  let lastTop = 0
  let anchor: { readonly row: Element; readonly top: number } | null = null
  let wanted: number | null = null

  const topOf = (row: Element): number =>
    row.getBoundingClientRect().top - scroller.getBoundingClientRect().top
  const below = (): number => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight

  const remember = (): void => {
    const row = firstSeen(content, scroller.getBoundingClientRect().top)
    anchor = row === null ? null : { row, top: topOf(row) }
    lastTop = scroller.scrollTop
    ports.onBottom(below() < BOTTOM_PX)
  }
  const askForMore = (): void => {
    if (scroller.scrollTop < NEAR_PX) ports.onNearTop()
    if (below() < NEAR_PX) ports.onNearBottom()
  }
  const showWanted = (): boolean => {
    const row = wanted === null ? null : content.querySelector(`[data-seq="${wanted}"]`)
    if (row === null) return false
    wanted = null
    isStuck = false
    const room = scroller.clientHeight - row.getBoundingClientRect().height
    scroller.scrollTop += topOf(row) - Math.max(room / 2, 0)
    row.setAttribute('data-found', '')
    return true
  }

  const settle = (isOther: boolean): void => {
    if (!showWanted()) {
      if (isStuck) scroller.scrollTop = scroller.scrollHeight
      else if (anchor?.row.isConnected === true) {
        const moved = topOf(anchor.row) - anchor.top
        if (Math.abs(moved) >= 1) scroller.scrollTop += moved
      }
    }
    remember()
    if (isOther) askForMore()
  }
  const onScroll = (): void => {
    // What grows below moves nothing: only whoever goes up has left the end.
    if (below() < BOTTOM_PX) isStuck = true
    else if (scroller.scrollTop < lastTop) isStuck = false
    remember()
    askForMore()
  }
  const onFound = (event: AnimationEvent): void =>
    void (event.target instanceof Element && event.target.removeAttribute('data-found'))

  const resizes = new ResizeObserver(() => settle(false))
  resizes.observe(scroller)
  resizes.observe(content)
  scroller.addEventListener('scroll', onScroll, { passive: true })
  content.addEventListener('animationend', onFound)

  return {
    settle,
    toBottom() {
      wanted = null
      isStuck = true
      settle(true)
    },
    toSeq(seq) {
      wanted = seq
      settle(true)
    },
    end() {
      resizes.disconnect()
      scroller.removeEventListener('scroll', onScroll)
      content.removeEventListener('animationend', onFound)
    },
  }
}

/** The first row whose end is below `top`: rows are in order, so halving finds it. */
function firstSeen(content: HTMLElement, top: number): Element | null {
  const rows = content.children
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle
    else low = middle + 1
  }
  return rows[low] ?? null
}
