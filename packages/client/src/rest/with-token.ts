import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'

/** What a host application throws is no error of ours: nothing was done, and it may go another time. */
async function askToken(getToken: GetToken, stale: string | null): Promise<string> {
  try {
    return await getToken(stale)
  } catch (cause) {
    if (cause instanceof ChatError) throw cause
    const message = 'There is no token to sign in with now. Try again in a moment.'
    throw new ChatError({ code: 'SERVER_BUSY', message, retryable: true }, cause)
  }
}

export const isAuthError = (error: unknown): boolean =>
  error instanceof ChatError && error.code.startsWith('AUTH_')

/** A token that is refused is renewed once. That a renewal fails is the answer then. */
export async function withToken<Answer>(
  getToken: GetToken,
  send: (token: string) => Promise<Answer>,
): Promise<Answer> {
  const token = await askToken(getToken, null)
  try {
    return await send(token)
  } catch (error) {
    if (!isAuthError(error)) throw error
    const renewed = await askToken(getToken, token)
    if (renewed === token) throw error
    return await send(renewed)
  }
}
