import type { ChosenStatus, MyPresence, PresenceState } from '@parley/message-schema'
import type { Store } from '../store.ts'

/** Who is there. Only those who are watched are told of; at most 200 of them at once. */
export interface PresenceWatch {
  /** By user id; who is not in it is not known of. */
  readonly states: Store<ReadonlyMap<string, PresenceState>>
  /** Watch people while they are on screen. The same one watched twice is one subscription. */
  readonly watch: (userIds: readonly string[]) => () => void
  readonly mine: Store<MyPresence | null>
  readonly set: (change: { status?: ChosenStatus; text?: string | null }) => Promise<void>
  /** This device is not used now. A page tells it by itself: hidden or untouched for five minutes. */
  readonly setIdle: (isIdle: boolean) => void
}
