import type { Event, ResetReason } from '@parley/message-schema'

export interface LogListener {
  /** One or more, in the order of the log, each once, contiguous with those before. */
  readonly events: (events: readonly Event[]) => void
  /**
   * It goes on after `head`, and what is between is not told. With `epoch` and `ahead` the log is
   * another one: what was kept of it is void. With `not-member` nothing follows. Told as `too-far` too
   * when `position` was `null` and the room becomes known, or mine again.
   */
  readonly reset: (head: number, reason: ResetReason) => void
}

/** The log of one of my rooms as it comes, through cuts, drains and restarts. All of them are followed. */
export interface RoomLog {
  readonly roomId: string
  /** The last `seq` that was handed on; `null` while the room is not mine, or not known yet. */
  readonly position: number | null
  readonly follow: (listener: LogListener) => () => void
}
