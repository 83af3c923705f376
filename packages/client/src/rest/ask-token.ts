import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'

/** What a host application throws is no error of ours: nothing was done, and it may go another time. */
export async function askToken(getToken: GetToken, stale: string | null): Promise<string> {
  try {
    return await getToken(stale)
  } catch (cause) {
    if (cause instanceof ChatError) throw cause
    const message = 'There is no token to sign in with now. Try again in a moment.'
    throw new ChatError({ code: 'SERVER_BUSY', message, retryable: true }, cause)
  }
}
