/** Whom a JWT names, unverified; `null` for what is none. */
export function readTokenSubject(token: string): string | null {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    // `atob` answers bytes; a user id may be of any script.
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
    return typeof sub === 'string' && sub !== '' ? sub : null
  } catch {
    return null
  }
}
