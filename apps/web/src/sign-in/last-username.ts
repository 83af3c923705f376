const KEY = 'parley.last-username'

/** Who signed in here last: it is filled in the next time. */
export function lastUsername(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function keepUsername(username: string): void {
  try {
    localStorage.setItem(KEY, username)
  } catch {
    // Without a storage it is typed again.
  }
}
