export interface IdlePorts {
  readonly now: () => number
  /** Untouched for so long is idle. */
  readonly afterMs?: number
}

const AFTER_MS = 5 * 60_000
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'focus'] as const

/**
 * Tells when the page is not used any more, hidden or untouched for five minutes, and when it is again.
 * Outside of a page it tells nothing.
 */
export function watchPageIdle(
  changed: (isIdle: boolean) => void,
  { now, afterMs = AFTER_MS }: IdlePorts = { now: () => Date.now() },
): () => void {
  const { document, window } = globalThis as Partial<Pick<typeof globalThis, 'document' | 'window'>>
  if (document === undefined || window === undefined) return () => {}
  let isIdle = false
  let touchedAt = now()
  let timer: ReturnType<typeof setTimeout> | undefined

  const tell = (idle: boolean): void => {
    if (idle === isIdle) return
    isIdle = idle
    changed(idle)
  }
  // One timer that looks again, not a new one for each movement of a pointer.
  const look = (): void => {
    // Not later than now: the clock may have been set back.
    touchedAt = Math.min(touchedAt, now())
    const leftMs = touchedAt + afterMs - now()
    if (leftMs <= 0) return tell(true)
    timer = setTimeout(look, leftMs)
  }
  const touch = (): void => {
    touchedAt = now()
    if (!isIdle || document.visibilityState === 'hidden') return
    tell(false)
    look()
  }
  const turn = (): void => {
    clearTimeout(timer)
    if (document.visibilityState === 'hidden') return tell(true)
    touchedAt = now()
    tell(false)
    look()
  }

  document.addEventListener('visibilitychange', turn)
  for (const name of TOUCHES) window.addEventListener(name, touch, { passive: true })
  turn()
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', turn)
    for (const name of TOUCHES) window.removeEventListener(name, touch)
  }
}
