import type { User } from '@parley/message-schema'
import type { GetToken } from '../chat.ts'
import type { Store } from '../store.ts'

/** A sign-in with an account of Parley's own. Host applications sign tokens instead: `getToken`. */
export interface Account {
  readonly user: Store<User | null>
  /** For `createChat`. Tabs renew the token one at a time: a refresh token is exchanged once. */
  readonly getToken: GetToken
  readonly signOut: () => Promise<void>
}

export interface Accounts {
  readonly signIn: (credentials: { username: string; password: string }) => Promise<Account>
  readonly register: (credentials: {
    username: string
    password: string
    displayName?: string
  }) => Promise<Account>
  readonly guest: (displayName?: string) => Promise<Account>
  /** The account that was signed in here before; `null` if there is none. */
  readonly saved: () => Account | null
}

export interface AccountsOptions {
  readonly url?: string
  /** Where the sign-in is kept: `localStorage` in a page, else memory. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Called when the session was ended elsewhere, or signed out in another tab. */
  readonly onEnd?: (reason: 'signed-out' | 'revoked') => void
  readonly fetch?: typeof fetch
}

export type CreateAccounts = (options?: AccountsOptions) => Accounts
