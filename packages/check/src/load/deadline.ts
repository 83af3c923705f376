import { setMaxListeners } from 'node:events'

export interface Deadline {
  readonly signal: AbortSignal
  readonly clear: () => void
}

/**
 * A signal that ends after a time, or with another one. Held by its timer: what `AbortSignal.any` makes of
 * `AbortSignal.timeout` may be collected, and never ends then.
 */
export function createDeadline(ms: number, other?: AbortSignal): Deadline {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const end = (): void => controller.abort()
  const timer = setTimeout(end, ms)
  other?.addEventListener('abort', end)
  if (other?.aborted === true) end()
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      other?.removeEventListener('abort', end)
    },
  }
}
