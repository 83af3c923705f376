export type OutgoingFailure =
  /** The address is none that may be called: what it is, or where it leads. */
  | 'refused'
  /** The name does not resolve, or nobody accepts the connection, or the answer is no HTTP. */
  | 'unreachable'
  | 'timeout'
  | 'redirects'
  | 'content-type'
  | 'encoding'

/**
 * Why a call to somebody else's address came to nothing. The message says no more than whoever chose
 * the address may know: in particular not what a name resolved to.
 */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
  readonly reason: OutgoingFailure
  /** It was refused only because the host is not among those that the operator allows. */
  readonly couldBeAllowed: boolean

  constructor(
    reason: OutgoingFailure,
    message: string,
    options: ErrorOptions & { readonly couldBeAllowed?: boolean } = {},
  ) {
    super(message, options)
    this.reason = reason
    this.couldBeAllowed = options.couldBeAllowed ?? false
  }
}
