import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'
import { readTokenSubject } from '../rest/token-subject.ts'

export interface ChatAccount {
  /** Names what tabs share and what outlasts a reload. Resolves once it is known whose it is. */
  readonly name: Promise<string>
  readonly getToken: GetToken
}

const ANONYMOUS = 'unknown'

/** What waits was said by somebody: never in the name of somebody else. */
const ofAnother = (): ChatError => {
  const message = 'The token is of another user.'
  return new ChatError({ code: 'AUTH_INVALID', message, retryable: false })
}

/**
 * Of whom a chat is: by what it was told, else by the first token that it gets. A token that does not
 * say it is of nobody that could be told from others. `getToken` throws `AUTH_INVALID` for a token
 * that is of somebody else than the one before.
 */
export function createChatAccount(
  url: string,
  userId: string | undefined,
  getToken: GetToken,
): ChatAccount {
  const nameOf = (id: string): string => `${url === '' ? globalThis.location?.origin : url} ${id}`
  let learn: (name: string) => void = () => undefined
  const name = new Promise<string>((resolve) => (learn = resolve))
  if (userId !== undefined) learn(nameOf(userId))
  let owner: string | null = null
  return {
    name,
    async getToken(stale) {
      const token = await getToken(stale)
      const subject = readTokenSubject(token)
      owner ??= subject
      if ((subject ?? owner) !== owner) throw ofAnother()
      learn(nameOf(owner ?? ANONYMOUS))
      return token
    },
  }
}
