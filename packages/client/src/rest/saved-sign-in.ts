import type { AuthSession, User } from '@parley/message-schema'
import type { AccountsOptions } from './account.ts'
import { readTokenTimes } from './token-times.ts'

/** What is kept of a sign-in. All tabs share it, so each use reads it anew. */
export interface SavedSignIn {
  readonly user: User
  readonly accessToken: string
  readonly refreshToken: string
  /** By the clock of this device: milliseconds since 1970. */
  readonly goodUntil: number
}

export interface SavedSignInStore {
  readonly key: string
  readonly read: () => SavedSignIn | null
  readonly write: (saved: SavedSignIn) => void
  readonly forget: () => void
}

export type SignInStorage = NonNullable<AccountsOptions['storage']>

/** The clocks of server and device may differ: what counts is how long the token is good. */
export function toSavedSignIn(session: AuthSession, now: number): SavedSignIn {
  const { user, accessToken, refreshToken, expiresAt } = session
  const times = readTokenTimes(accessToken)
  const goodUntil =
    times === null || times.issuedAt === null
      ? Date.parse(expiresAt)
      : now + times.expiresAt - times.issuedAt
  return { user, accessToken, refreshToken, goodUntil }
}

export function parseSavedSignIn(text: string | null): SavedSignIn | null {
  try {
    const saved = JSON.parse(text ?? 'null') as Partial<SavedSignIn> | null
    const isWhole =
      typeof saved?.user?.id === 'string' &&
      typeof saved.accessToken === 'string' &&
      typeof saved.refreshToken === 'string'
    if (!isWhole) return null
    // Without a time it was kept by an older version: renewed at its first use.
    return { goodUntil: 0, ...(saved as Omit<SavedSignIn, 'goodUntil'>) }
  } catch {
    return null
  }
}

export function createSavedSignIn(storage: SignInStorage, url: string): SavedSignInStore {
  const key = url === '' ? 'parley.session' : `parley.session:${url}`
  return {
    key,
    read: () => parseSavedSignIn(storage.getItem(key)),
    write: (saved) => storage.setItem(key, JSON.stringify(saved)),
    forget: () => storage.removeItem(key),
  }
}

export function createMemoryStorage(): SignInStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

/** What does not fit is kept in this page alone, until another one has written it. */
export function orInMemory(storage: SignInStorage): SignInStorage {
  const unwritten = new Map<string, { readonly value: string; readonly before: string | null }>()
  return {
    getItem(key) {
      const stored = storage.getItem(key)
      const kept = unwritten.get(key)
      if (kept?.before === stored) return kept.value
      unwritten.delete(key)
      return stored
    },
    setItem(key, value) {
      unwritten.delete(key)
      try {
        storage.setItem(key, value)
      } catch {
        unwritten.set(key, { value, before: storage.getItem(key) })
      }
    },
    removeItem(key) {
      unwritten.delete(key)
      storage.removeItem(key)
    },
  }
}

/** Reading `localStorage` throws where the person forbids it; writing where it is full. */
export function openLocalStorage(): SignInStorage {
  try {
    const { localStorage } = globalThis
    // Node has one that only warns.
    if (typeof document === 'undefined' || localStorage === undefined) return createMemoryStorage()
    localStorage.getItem('parley.session')
    return orInMemory(localStorage)
  } catch {
    return createMemoryStorage()
  }
}
