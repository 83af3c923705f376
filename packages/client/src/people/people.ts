import type { User } from '@parley/message-schema'
import type { Store } from '../store.ts'

/** Names and pictures. Read in batches, kept for the last 5,000 people. */
export interface People {
  /** `null` until it is known; `unknown` people stay `null`. Asking for one reads it. */
  readonly get: (userId: string) => Store<User | null>
  /** By the beginning of name or username. */
  readonly search: (q: string, signal?: AbortSignal) => Promise<readonly User[]>
  /** Whom I have blocked. Read at the first subscription. */
  readonly blocked: Store<ReadonlySet<string>>
  readonly block: (userId: string) => Promise<void>
  readonly unblock: (userId: string) => Promise<void>
}
