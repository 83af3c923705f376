import type { AuthSession } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { Exclusively } from './exclusively.ts'
import { toSavedSignIn, type SavedSignIn, type SavedSignInStore } from './saved-sign-in.ts'

export interface RenewPorts {
  readonly saved: Pick<SavedSignInStore, 'read' | 'write' | 'forget'>
  readonly exclusively: Exclusively
  readonly refresh: (refreshToken: string) => Promise<AuthSession>
  readonly now: () => number
}

export type Renewed =
  | { readonly is: 'good'; readonly signIn: SavedSignIn }
  /** Nobody is signed in here any more, or somebody else is. */
  | { readonly is: 'gone' }
  /** The server has ended the session. */
  | { readonly is: 'refused'; readonly error: ChatError }

/** Throws what may be otherwise the next time. */
export type RenewSignIn = (
  userId: string,
  isGood: (kept: SavedSignIn) => boolean,
) => Promise<Renewed>

const REFUSALS: ReadonlySet<string> = new Set(['AUTH_REVOKED', 'AUTH_INVALID', 'AUTH_EXPIRED'])

/**
 * A refresh token is exchanged once; showing it again later ends the session. So it is used by one at a time,
 * who looks first whether somebody else was faster.
 */
export function createRenewSignIn({ saved, exclusively, refresh, now }: RenewPorts): RenewSignIn {
  const readOf = (userId: string): SavedSignIn | null => {
    const kept = saved.read()
    return kept?.user.id === userId ? kept : null
  }

  return (userId, isGood) =>
    exclusively(async () => {
      const kept = readOf(userId)
      if (kept === null) return { is: 'gone' }
      if (isGood(kept)) return { is: 'good', signIn: kept }
      /** Signed out, or signed in anew, while we waited: that is not taken back. */
      const replaced = (): Renewed | null => {
        const present = readOf(userId)
        if (present === null) return { is: 'gone' }
        return present.refreshToken === kept.refreshToken ? null : { is: 'good', signIn: present }
      }
      try {
        const signIn = toSavedSignIn(await refresh(kept.refreshToken), now())
        const instead = replaced()
        if (instead !== null) return instead
        saved.write(signIn)
        return { is: 'good', signIn }
      } catch (error) {
        if (!(error instanceof ChatError) || !REFUSALS.has(error.code)) throw error
        const instead = replaced()
        if (instead !== null) return instead
        saved.forget()
        const { code, message, requestId } = error
        return { is: 'refused', error: new ChatError({ code, message, requestId }, error) }
      }
    })
}
