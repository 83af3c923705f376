export interface TokenTimes {
  /** Milliseconds since 1970, of whoever signed it. */
  readonly expiresAt: number
  readonly issuedAt: number | null
}

/** What a JWT says of its times, unverified; `null` for what is none. */
export function readTokenTimes(token: string): TokenTimes | null {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const claims = JSON.parse(atob(part)) as { exp?: unknown; iat?: unknown }
    if (typeof claims.exp !== 'number') return null
    const issuedAt = typeof claims.iat === 'number' ? claims.iat * 1_000 : null
    return { expiresAt: claims.exp * 1_000, issuedAt }
  } catch {
    return null
  }
}
