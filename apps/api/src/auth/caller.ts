import { ParleyError, type KeyScope } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'

/** A backend that calls with an API key, or an operator where a route lets operators in. */
export interface KeyIdentity {
  /** `root` for the key that the environment gives; of an operator the user id. */
  readonly keyId: string
  readonly isOperator?: true
  readonly scopes: ReadonlySet<KeyScope>
  /** Requests a minute, where the key has a limit of its own. */
  readonly ratePerMinute: number | null
}

/** A person, or a backend that acts as one. */
export interface Caller extends Identity {
  readonly viaKey?: string
}

export function requireScope({ scopes }: KeyIdentity, scope: KeyScope): void {
  if (scopes.has(scope)) return
  throw new ParleyError('FORBIDDEN', {
    message: `This API key lacks the scope ${scope}.`,
    details: { scope },
  })
}
