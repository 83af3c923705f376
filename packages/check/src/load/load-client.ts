import type { Via } from '../history/history-line.ts'
import type { Outcome } from './outcome.ts'
import type { OpName } from './planned-op.ts'
import type { RoomReading } from './room-reading.ts'

/** One attempt of one operation, with everything that was left open filled in. */
export interface Attempt {
  readonly op: OpName
  readonly roomId: string
  /** Of sends, edits and deletes: the same for all attempts. */
  readonly key: string
  /** The message that it is about. */
  readonly ref?: number
  /** A text, the key of a reaction, a position, or whom it is about. */
  readonly value?: string | number
  /** `send`: whom it names; `@room` is everybody. */
  readonly mentions?: readonly string[]
  /** `read`: `set` may go back. `react`: `off` takes it back. */
  readonly mode?: 'set' | 'off'
}

export interface Attempted {
  readonly outcome: Outcome
  /** How it went, where that is not how the client reads. */
  readonly via?: Via
}

export interface Device {
  readonly name: string
  readonly userId: string
  readonly via: Via
}

/** One client on one device: it asks, and it reads what comes. */
export interface LoadClient {
  readonly device: Device
  readonly reading: RoomReading
  /** Sends of one room wait for one another, as the client repeats them itself when they get lost. */
  readonly isInLanes: boolean
  readonly start: () => void
  /** Resolves when it is connected and has nothing to catch up with, or when the signal ends it. */
  readonly live: (signal: AbortSignal) => Promise<void>
  readonly isLive: () => boolean
  readonly attempt: (attempt: Attempt) => Promise<Attempted>
  /** The same once more, over REST: by another way than the first time, where there is one. */
  readonly repeat: (attempt: Attempt) => Promise<Attempted>
  readonly close: () => Promise<void>
}
