import { unknownOutcome } from './chat-error.ts'

/**
 * Something whose code is fetched when it is first needed, once: `load` is called then, and again at
 * the next call after a failure. Rejects with `UNKNOWN_OUTCOME`: the page may be offline just then.
 */
export function loadLater<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let loading: Promise<Part> | undefined
  return () =>
    (loading ??= load().catch((cause: unknown) => {
      loading = undefined
      throw unknownOutcome(cause)
    }))
}
