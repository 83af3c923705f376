import type { Page } from 'playwright-core'

export interface Recording {
  /** Texts of stored messages by their place in the log, as they were shown. */
  readonly shown: Record<number, string>
  /** What was to be seen twice at once, or at another place than before. */
  readonly faults: string[]
  /** Moves of rows in sight that the flow of new ones does not explain, in words. */
  readonly jumps: string[]
  /** What the banner above everything said. */
  readonly banners: string[]
}

declare global {
  interface Window {
    rowRecording?: Recording
  }
}

/**
 * Looks at the rows of the conversation in every frame from now on. A list that stays at its end moves all
 * stored rows up by the same distance when something comes in below; anything else is a jump.
 */
export const recordRows = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const MAY_MOVE = 3
    const recording: Recording = { shown: {}, faults: [], jumps: [], banners: [] }
    window.rowRecording = recording
    let before = new Map<number, number>()
    let known = new Set<number>()
    let endBefore = ''
    const note = (list: string[], words: string): void => {
      if (list.length < 20 && !list.includes(words)) list.push(words)
    }
    const textOf = (row: Element): string => row.querySelector('.conv-text')?.textContent ?? ''
    const seqOf = (row: HTMLElement): number => Number(row.dataset['seq'] ?? 0)

    function look(rows: readonly HTMLElement[]): void {
      const banner = document.querySelector('.shell-banner')?.textContent ?? null
      if (banner !== null) note(recording.banners, banner)
      const texts = new Set<string>()
      let last = 0
      for (const row of rows) {
        const [text, seq] = [textOf(row), seqOf(row)]
        if (text !== '' && texts.has(text)) note(recording.faults, `twice: ${text}`)
        texts.add(text)
        if (seq === 0) continue
        if (seq <= last) note(recording.faults, `${seq} after ${last}`)
        last = seq
        const kept = recording.shown[seq]
        if (kept !== undefined && kept !== text) note(recording.faults, `${seq}: ${kept}, ${text}`)
        recording.shown[seq] = text
      }
    }
    function compare(edge: DOMRectReadOnly, now: ReadonlyMap<number, DOMRectReadOnly>): void {
      const places = new Map<number, number>()
      const moves: [number, number][] = []
      const end = [...now.keys()].slice(-4).join(' ')
      const oldest = Math.min(...known)
      for (const [seq, { top, bottom }] of now) {
        if (top < edge.top || bottom > edge.bottom) continue
        places.set(seq, top)
        const was = before.get(seq)
        if (was !== undefined) moves.push([seq, top - was])
      }
      // What I said is there before what others said at the same time, which then comes in above it.
      const inserted = Math.min(...[...now.keys()].filter((seq) => !known.has(seq) && seq > oldest))
      const above = moves.filter(([seq]) => seq < inserted).map(([, distance]) => distance)
      const isApart = above.length > 0 && Math.max(...above) - Math.min(...above) > MAY_MOVE
      if (isApart || moves.some(([, distance]) => distance > MAY_MOVE)) {
        const all = moves.slice(-4).map(([seq, distance]) => `${seq} by ${distance.toFixed(1)}`)
        note(recording.jumps, `${all.join(', ')} (${endBefore} -> ${end})`)
      }
      before = places
      known = new Set(now.keys())
      endBefore = end
    }
    async function follow(): Promise<never> {
      for (;;) {
        let list: Element | null = null
        let seqs = new Map<Element, number>()
        const places = await window.paintedRects(() => {
          list = document.querySelector('[role="log"][aria-label="Messages"]')
          const rows = [...(list?.querySelectorAll<HTMLElement>('.conv-message') ?? [])]
          look(rows)
          seqs = new Map(rows.map((row) => [row, seqOf(row)]))
          return list === null ? [] : [list, ...rows]
        })
        const edge = list === null ? undefined : places.get(list)
        const now = new Map<number, DOMRectReadOnly>()
        for (const [row, seq] of seqs) {
          const place = places.get(row)
          if (seq > 0 && place !== undefined && place.height > 0) now.set(seq, place)
        }
        if (edge !== undefined) compare(edge, now)
      }
    }
    void follow()
  })

export async function recordingOf(page: Page): Promise<Recording> {
  const recording = await page.evaluate(() => window.rowRecording)
  if (recording === undefined) throw new Error('Nothing was recorded on this page.')
  return recording
}

/** Scrolls up until the beginning is in sight, so that every row was shown once. */
export const scrollToStart = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const list = document.querySelector('[role="log"][aria-label="Messages"]')
        let still = 0
        const step = (): void => {
          if (list === null) return resolve()
          still = list.scrollTop === 0 ? still + 1 : 0
          // The first rows are measured, and older ones asked for, before it is the start indeed.
          if (still > 30 && list.getAttribute('aria-busy') !== 'true') return resolve()
          // Tells the page that it is somebody who scrolls.
          list.dispatchEvent(new WheelEvent('wheel', { bubbles: true }))
          list.scrollTop -= 300
          requestAnimationFrame(step)
        }
        step()
      }),
  )
