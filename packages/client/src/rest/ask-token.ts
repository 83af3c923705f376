import { after, type After } from '../after.ts'
import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'

const TIMEOUT_MS = 30_000

/**
 * Rejects with a `ChatError`, also if nothing comes in time. What a host application throws is no error of
 * ours: nothing was done, and it may go another time (`SERVER_BUSY`).
 */
export function askToken(
  getToken: GetToken,
  stale: string | null,
  startTimer: After = after,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void => {
      const message = 'There is no token. Try again in a moment.'
      const none = { code: 'SERVER_BUSY', message, retryable: true } as const
      reject(cause instanceof ChatError ? cause : new ChatError(none, cause))
    }
    const stop = startTimer(TIMEOUT_MS, fail)
    const asked = async (): Promise<string> => await getToken(stale)
    asked().then(resolve, fail).finally(stop)
  })
}
