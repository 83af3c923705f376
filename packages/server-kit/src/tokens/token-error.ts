/** `SERVER_BUSY`: it could not be verified now, which says nothing about the token. */
export type TokenErrorCode = 'AUTH_INVALID' | 'AUTH_EXPIRED' | 'SERVER_BUSY'

/** `reason` is for our logs; the client is told only expired or invalid. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly code: TokenErrorCode

  constructor(code: TokenErrorCode, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.code = code
  }
}
