import type { Page } from 'playwright-core'

export interface Walk {
  /** Rows that were to be seen twice or out of order, or that jumped. */
  readonly faults: readonly string[]
  readonly mostRows: number
  /** Frames in which nothing was to be seen. */
  readonly emptyFrames: number
  readonly frames: number
  /** The lowest place in the log that was seen. */
  readonly lowest: number
  /** How often it turned round. */
  readonly turns: number
}

/**
 * Scrolls by a third of a screen a step, and looks in each frame whether the rows went as far as the
 * list did: what comes in above or is measured anew moves nothing.
 */
export const scrollFar = (
  page: Page,
  walk: {
    readonly screens: number
    /** `turn`: up until older ones have come in, and at once down from there. */
    readonly way: 'up' | 'down' | 'turn'
  },
): Promise<Walk> =>
  page.evaluate(async ({ screens, way: wanted }) => {
    const list = document.querySelector('[role="log"][aria-label="Messages"]')
    if (list === null) throw new Error('There are no messages.')
    const result = {
      faults: [] as string[],
      mostRows: 0,
      emptyFrames: 0,
      frames: 0,
      lowest: 1e9,
      turns: 0,
    }
    const note = (words: string): void =>
      void (result.faults.length < 20 && result.faults.push(words))
    const edge = list.getBoundingClientRect()
    const isInSight = ({ top, bottom }: DOMRectReadOnly): boolean =>
      bottom > edge.top && top < edge.bottom
    const places = async (): Promise<Map<number, DOMRectReadOnly>> => {
      const seqs = new Map<Element, number>()
      const rects = await window.paintedRects(() => {
        let last = 0
        for (const row of list.querySelectorAll<HTMLElement>('.conv-message')) {
          const seq = Number(row.dataset['seq'] ?? 0)
          // The row that the keyboard is at stays in the page, wherever it is.
          if (row.tabIndex === 0) continue
          if (seq <= last) note(`${seq} after ${last}`)
          last = seq
          seqs.set(row, seq)
        }
        return [...seqs.keys()]
      })
      const found = new Map<number, DOMRectReadOnly>()
      for (const [row, seq] of seqs) {
        const place = rects.get(row)
        if (place !== undefined && place.height > 0) found.set(seq, place)
      }
      if (![...found.values()].some(isInSight)) result.emptyFrames += 1
      result.frames += 1
      result.mostRows = Math.max(result.mostRows, seqs.size)
      result.lowest = Math.min(result.lowest, ...found.keys())
      return found
    }
    // A list that was scrolled or placed just now still keeps its place in the way that it had then.
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame)
    let [at, still] = [-1, 0]
    while (still < 30) {
      await frame()
      const here = list.scrollTop + list.scrollHeight
      still = here === at ? still + 1 : 0
      at = here
    }
    const step = Math.round(list.clientHeight / 3)
    let before = await places()
    let waited = 0
    let way = wanted === 'down' ? 'down' : 'up'
    for (let steps = 0; steps < screens * 3 && waited < 300;) {
      const from = list.scrollTop
      // Tells the page that it is somebody who scrolls.
      list.dispatchEvent(new WheelEvent('wheel', { bubbles: true }))
      list.scrollTop += way === 'up' ? -step : step
      const moved = list.scrollTop - from
      const target = list.scrollTop
      const after = await places()
      // At an end of what is loaded: more is on its way.
      if (moved === 0) waited += 1
      else {
        waited = 0
        steps += 1
      }
      let most = 0
      for (const [seq, { top }] of after) {
        const was = before.get(seq)
        // What is out of sight may be put where it belongs.
        if (was !== undefined && isInSight(was))
          most = Math.max(most, Math.abs(top - was.top + moved))
      }
      if (most > 3) note(`step ${steps}: rows are ${most.toFixed(1)} px from where they belong`)
      before = after
      // What came in above has pushed it down.
      if (wanted === 'turn' && way === 'up' && list.scrollTop > target + step) {
        way = 'down'
        steps = 0
        result.turns += 1
      }
    }
    return result
  }, walk)
