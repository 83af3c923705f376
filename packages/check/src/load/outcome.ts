/** What became of one attempt. */
export type Outcome =
  | { readonly type: 'ok'; readonly result: Record<string, unknown> }
  /** It had no effect. `mayRetry`: the same may succeed later. */
  | {
      readonly type: 'fail'
      readonly error: string
      readonly mayRetry: boolean
      readonly retryAfterMs: number
    }
  /** Nobody knows whether it had one: ask again, the same. */
  | { readonly type: 'info'; readonly error: string; readonly retryAfterMs: number }

/** Refusals that promise that nothing was done, and may end. */
const NOT_DONE = new Set(['SERVER_BUSY', 'RATE_LIMITED', 'SLOW_MODE', 'DRAINING', 'AUTH_EXPIRED'])

export interface Refusal {
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs?: number | undefined
}

export const unanswered = (error = 'NO_ANSWER'): Outcome => ({
  type: 'info',
  error,
  retryAfterMs: 0,
})

export function refused({ code, retryable, retryAfterMs = 0 }: Refusal): Outcome {
  const isKnown = !retryable || NOT_DONE.has(code)
  if (isKnown) return { type: 'fail', error: code, mayRetry: retryable, retryAfterMs }
  return { type: 'info', error: code, retryAfterMs }
}

export const done = (result: unknown = {}): Outcome => ({
  type: 'ok',
  result: typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {},
})
