import type { Store } from '../store.ts'

export interface TypingPeople {
  readonly userIds: readonly string[]
  /** How many type beside those. */
  readonly others: number
}

/** Who is writing. Never myself. Nothing in large rooms (`features.typing`), nor over plain HTTP. */
export interface Typing {
  readonly people: Store<TypingPeople>
  /** In one thread. */
  readonly inThread: (threadId: number) => Store<TypingPeople>
  /** Call it with every key: it tells the room once in three seconds. */
  readonly keystroke: (threadId?: number) => void
  /** Tells the room that I have ceased. Sending does it too. */
  readonly stop: (threadId?: number) => void
}
