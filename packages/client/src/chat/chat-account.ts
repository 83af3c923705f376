import type { GetToken } from '../chat.ts'
import { readTokenSubject } from '../rest/token-subject.ts'

export interface ChatAccount {
  /** Names what tabs share and what outlasts a reload. Resolves once it is known whose it is. */
  readonly name: Promise<string>
  readonly getToken: GetToken
}

const ANONYMOUS = 'unknown'

/**
 * Of whom a chat is: by what it was told, else by the first token that it gets. A token that does not
 * say it is of nobody that could be told from others.
 */
export function createChatAccount(
  url: string,
  userId: string | undefined,
  getToken: GetToken,
): ChatAccount {
  const nameOf = (id: string): string => `${url === '' ? globalThis.location?.origin : url} ${id}`
  if (userId !== undefined) return { name: Promise.resolve(nameOf(userId)), getToken }
  let learn: (name: string) => void = () => undefined
  const name = new Promise<string>((resolve) => (learn = resolve))
  return {
    name,
    async getToken(stale) {
      const token = await getToken(stale)
      learn(nameOf(readTokenSubject(token) ?? ANONYMOUS))
      return token
    },
  }
}
