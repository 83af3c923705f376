import { ChatError, createAccounts, type Account, type ChatOptions } from '@parley/client'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ElementSettings } from './element-settings.ts'
import { pageStorage } from './page-storage.ts'

export type SignIn =
  | { readonly name: 'none' }
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly error: ChatError }
  | { readonly name: 'done'; readonly options: ChatOptions }

export interface UsedSignIn {
  readonly state: SignIn
  /** Tries again, a guest whose session was ended as a new one; `null` where only the page can help. */
  readonly again: (() => void) | null
}

/** By token, by the page's function, or as a guest: whichever is given first. */
export function useSignIn(settings: ElementSettings): UsedSignIn {
  const { url, token, getToken, guestName } = settings
  const [guest, setGuest] = useState<SignIn>({ name: 'loading' })
  const [attempt, setAttempt] = useState(0)
  const isGuest = token === null && getToken === null && guestName !== null

  useEffect(() => {
    if (!isGuest) return
    let isWanted = true
    setGuest({ name: 'loading' })
    signInGuest(url, guestName, attempt > 0).then(
      (account) => {
        if (!isWanted) return
        const userId = account.user.current?.id
        const who = userId === undefined ? {} : { userId }
        setGuest({ name: 'done', options: { ...at(url), ...who, getToken: account.getToken } })
      },
      (error: unknown) => isWanted && setGuest({ name: 'failed', error: asChatError(error) }),
    )
    return () => void (isWanted = false)
  }, [isGuest, url, guestName, attempt])

  const state = useMemo<SignIn>(() => {
    if (token !== null) return { name: 'done', options: { ...at(url), token } }
    if (getToken !== null) return { name: 'done', options: { ...at(url), getToken } }
    return isGuest ? guest : { name: 'none' }
  }, [url, token, getToken, isGuest, guest])
  const again = useCallback(() => setAttempt((before) => before + 1), [])
  return { state, again: isGuest ? again : null }
}

const at = (url: string | null): { url?: string } => (url === null ? {} : { url })

/** The guest of the last visit, unless that one was put out. */
async function signInGuest(url: string | null, name: string, isAnew: boolean): Promise<Account> {
  const accounts = createAccounts({ ...at(url), storage: pageStorage(`parley-chat:${url ?? ''}:`) })
  const saved = accounts.saved()
  if (saved !== null && !isAnew) return saved
  await saved?.signOut().catch(() => undefined)
  return await accounts.guest(name)
}

export const asChatError = (error: unknown): ChatError =>
  error instanceof ChatError
    ? error
    : new ChatError({ code: 'INTERNAL', message: 'Something went wrong.' }, error)
