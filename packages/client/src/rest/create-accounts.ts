import type { AuthSession } from '@parley/message-schema'
import type { Account, CreateAccounts } from './account.ts'
import { createExclusively } from './exclusively.ts'
import { openAccount, type OpenAccount, type OpenAccountPorts } from './open-account.ts'
import { createRenewSignIn } from './renew-sign-in.ts'
import {
  createSavedSignIn,
  openLocalStorage,
  parseSavedSignIn,
  toSavedSignIn,
} from './saved-sign-in.ts'
import { createSendRequest } from './send-request.ts'

const SIGN_OUT_MS = 5_000
const REFRESH_MS = 20_000

/** `onEnd` is told what an account did not do itself. */
export const createAccounts: CreateAccounts = (options = {}) => {
  const { url = '', storage = openLocalStorage(), onEnd } = options
  const send = createSendRequest(url, options.fetch)
  const saved = createSavedSignIn(storage, url)
  const exclusively = createExclusively(saved.key, storage)
  const post = async (path: string, body: unknown, timeoutMs?: number): Promise<AuthSession> => {
    const time = timeoutMs !== undefined && { timeoutMs }
    return (await send({ method: 'POST', path, body, ...time })) as AuthSession
  }
  const refresh = (refreshToken: string) => post('/v1/auth/refresh', { refreshToken }, REFRESH_MS)
  const ports: OpenAccountPorts = {
    saved,
    refresh,
    renew: createRenewSignIn({ saved, exclusively, refresh, now: Date.now }),
    logOut: (token) =>
      send({ method: 'POST', path: '/v1/auth/logout', token, timeoutMs: SIGN_OUT_MS }),
    onEnd,
    now: Date.now,
  }
  let present: OpenAccount | null = null

  function take(session: AuthSession): Account {
    const signIn = toSavedSignIn(session, Date.now())
    saved.write(signIn)
    if (present?.userId !== signIn.user.id) present?.finish()
    present = openAccount(signIn, ports)
    return present.account
  }

  // Told to the other tabs when one of them has written.
  globalThis.addEventListener?.('storage', ({ key, newValue, storageArea }) => {
    const isOurs = storageArea === null || storageArea === storage
    if (!isOurs || present === null || (key !== null && key !== saved.key)) return
    const now = key === null ? null : parseSavedSignIn(newValue)
    if (now?.user.id !== present.userId) present.end('signed-out')
  })

  return {
    signIn: async (credentials) => take(await post('/v1/auth/login', credentials)),
    register: async (credentials) => take(await post('/v1/auth/register', credentials)),
    guest: async (displayName) =>
      take(await post('/v1/auth/guest', displayName === undefined ? {} : { displayName })),
    saved() {
      const kept = saved.read()
      if (kept === null) return null
      if (present === null || present.isOver() || present.userId !== kept.user.id) {
        present = openAccount(kept, ports)
      }
      return present.account
    },
  }
}
