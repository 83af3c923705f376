/**
 * A page without a layout has no sizes: here the list is 600 pixels high and each row 40, so that a
 * virtual list shows what it would show.
 */
export function givePageSizes(): void {
  const sizeOf = (element: Element): number => {
    if (element.classList.contains('conv-scroller')) return 600
    return element.querySelector('.conv-row') === null ? 0 : 40
  }
  class Observer implements ResizeObserver {
    readonly #tell: ResizeObserverCallback
    readonly #seen = new Set<Element>()

    constructor(tell: ResizeObserverCallback) {
      this.#tell = tell
    }

    observe(target: Element): void {
      this.#seen.add(target)
      queueMicrotask(() => {
        if (!this.#seen.has(target)) return
        const contentRect = new DOMRect(0, 0, 800, sizeOf(target))
        const none: readonly ResizeObserverSize[] = []
        this.#tell(
          [
            {
              target,
              contentRect,
              borderBoxSize: none,
              contentBoxSize: none,
              devicePixelContentBoxSize: none,
            },
          ],
          this,
        )
      })
    }

    unobserve(target: Element): void {
      this.#seen.delete(target)
    }

    disconnect(): void {
      this.#seen.clear()
    }
  }
  Object.assign(window, { ResizeObserver: Observer })
  globalThis.ResizeObserver = Observer
  // Whoever scrolls is told of it, in the end of the task as in a browser.
  Element.prototype.scrollTo = function scrollTo(this: Element, options?: unknown): void {
    if (typeof options !== 'object' || options === null || !('top' in options)) return
    this.scrollTop = Math.max(0, Number(options.top))
    queueMicrotask(() => this.dispatchEvent(new Event('scroll')))
  }
  Element.prototype.scrollBy = function scrollBy(this: Element, options?: unknown): void {
    if (typeof options !== 'object' || options === null || !('top' in options)) return
    this.scrollTo({ top: this.scrollTop + Number(options.top) })
  }
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
    configurable: true,
    get(this: HTMLElement) {
      return this.parentElement
    },
  })
}
