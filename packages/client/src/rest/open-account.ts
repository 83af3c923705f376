import type { AuthSession, User } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import { createStore } from '../store.ts'
import type { Account, AccountsOptions } from './account.ts'
import type { RenewSignIn } from './renew-sign-in.ts'
import type { SavedSignIn, SavedSignInStore } from './saved-sign-in.ts'

export interface OpenAccountPorts {
  readonly saved: Pick<SavedSignInStore, 'read' | 'forget'>
  readonly renew: RenewSignIn
  readonly refresh: (refreshToken: string) => Promise<AuthSession>
  readonly logOut: (token: string) => Promise<unknown>
  readonly onEnd: AccountsOptions['onEnd']
  readonly now: () => number
}

export type AccountEnd = Parameters<NonNullable<AccountsOptions['onEnd']>>[0]

export interface OpenAccount {
  readonly account: Account
  readonly userId: string
  readonly isOver: () => boolean
  /** Nothing of it is used any more. The first one counts, and is told. */
  readonly end: (why: AccountEnd) => void
  /** The same, and nobody is told. */
  readonly finish: () => void
}

/** A token that ends within it is renewed before it is used. */
const MARGIN_MS = 30_000

const over = (): ChatError =>
  new ChatError({ code: 'AUTH_REVOKED', message: 'You are signed out. Sign in again.' })

export function openAccount(first: SavedSignIn, ports: OpenAccountPorts): OpenAccount {
  const { saved, renew, refresh, logOut, onEnd, now } = ports
  const userId = first.user.id
  const user = createStore<User | null>(first.user)
  const isGood = ({ goodUntil }: SavedSignIn): boolean => goodUntil - now() > MARGIN_MS
  let isOver = false

  const finish = (): void => {
    isOver = true
    user.set(null)
  }
  const end = (why: AccountEnd): void => {
    if (isOver) return
    finish()
    onEnd?.(why)
  }
  /** Somebody else may have signed in here since: theirs is not ours. */
  const readMine = (): SavedSignIn => {
    const mine = saved.read()
    if (!isOver && mine?.user.id === userId) return mine
    end('signed-out')
    throw over()
  }

  async function getToken(stale: string | null): Promise<string> {
    const mine = readMine()
    if (mine.accessToken !== stale && isGood(mine)) return mine.accessToken
    const renewed = await renew(userId, (kept) => kept.accessToken !== stale && isGood(kept))
    if (isOver) throw over()
    if (renewed.is === 'refused') {
      end('revoked')
      throw renewed.error
    }
    if (renewed.is === 'gone') {
      end('signed-out')
      throw over()
    }
    user.set(renewed.signIn.user)
    return renewed.signIn.accessToken
  }

  /** Here at once; at the server if it can be reached within some seconds. */
  async function signOut(): Promise<void> {
    const mine = saved.read()
    if (isOver || mine?.user.id !== userId) return finish()
    saved.forget()
    finish()
    try {
      const { accessToken } = isGood(mine) ? mine : await refresh(mine.refreshToken)
      await logOut(accessToken)
    } catch {
      // Its tokens are forgotten. What the server keeps of the session ends by itself.
    }
  }

  return { account: { user, getToken, signOut }, userId, isOver: () => isOver, end, finish }
}
