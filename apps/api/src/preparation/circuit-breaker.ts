/** After so many failures in a row nothing is tried for a while; then one attempt decides. */
export interface CircuitBreaker {
  /** `false`: not now. After `true` one of the two others follows. */
  readonly mayTry: () => boolean
  readonly worked: () => void
  readonly failed: () => void
  readonly isOpen: () => boolean
}

export interface CircuitSettings {
  readonly failures: number
  readonly pauseMs: number
  readonly now?: () => number
}

export function createCircuitBreaker({
  failures,
  pauseMs,
  now = () => performance.now(),
}: CircuitSettings): CircuitBreaker {
  let inRow = 0
  let closedUntil = 0
  const isOpen = (): boolean => inRow >= failures
  return {
    isOpen,
    mayTry() {
      if (!isOpen()) return true
      if (now() < closedUntil) return false
      // One goes; the others wait for what becomes of it.
      closedUntil = now() + pauseMs
      return true
    },
    worked() {
      inRow = 0
    },
    failed() {
      inRow += 1
      if (isOpen()) closedUntil = now() + pauseMs
    },
  }
}
