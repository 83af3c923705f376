import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { GetToken } from '../chat.ts'
import type { StartTimer } from './timer.ts'

const TOKEN_TIMEOUT_MS = 30_000

export const toChatError = (cause: unknown): ChatError =>
  cause instanceof ChatError ? cause : unknownOutcome(cause)

/** Rejects with a `ChatError`, also if nothing comes in time: what comes later is not waited for. */
export const askToken = (
  getToken: GetToken,
  stale: string | null,
  startTimer: StartTimer,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const stop = startTimer(TOKEN_TIMEOUT_MS, () => reject(unknownOutcome()))
    const asked = async (): Promise<string> => await getToken(stale)
    asked()
      .then(resolve, (cause: unknown) => reject(toChatError(cause)))
      .finally(stop)
  })
