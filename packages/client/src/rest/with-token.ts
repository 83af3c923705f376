import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'
import { askToken } from './ask-token.ts'

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
