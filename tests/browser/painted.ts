import type { BrowserContext } from 'playwright-core'

declare global {
  interface Window {
    /**
     * Where elements are in the next frame that is shown, once everything was measured and placed.
     * They are chosen at the beginning of that frame.
     */
    paintedRects: (choose: () => readonly Element[]) => Promise<Map<Element, DOMRectReadOnly>>
  }
}

/**
 * What a script reads in a frame may be changed once more before it is shown, and what it reads after it
 * may be newer. An observer that is new is told of the places at the end of the frame.
 */
export const teachPainted = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    window.paintedRects = (choose) =>
      new Promise((resolve) => {
        requestAnimationFrame(() => {
          const elements = choose()
          if (elements.length === 0) return resolve(new Map())
          const observer = new IntersectionObserver((entries) => {
            observer.disconnect()
            resolve(new Map(entries.map((entry) => [entry.target, entry.boundingClientRect])))
          })
          for (const element of elements) observer.observe(element)
        })
      })
  })
