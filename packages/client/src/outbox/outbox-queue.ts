import type { Outbox, OutboxEntry } from './outbox.ts'

/** Where a command of the outbox stands in the log. `version` is that of an edit. */
export interface Stored {
  readonly seq: number
  readonly msgNo?: number
  readonly ts?: string
  readonly version?: number
}

export interface Added {
  readonly clientMsgId: string
  readonly stored: Promise<Stored>
  readonly isRefused?: boolean
}

/** The side of the outbox that puts in and takes out. */
export interface OutboxQueue extends Outbox {
  /**
   * Keeps it in the storage, then sends it as soon as there is a way. `stored` settles when the server
   * has said yes or a no for good, or it was cancelled; a refused one stays as `failed`. With `isRefused`
   * it was not even kept.
   */
  readonly add: (roomId: string, command: OutboxEntry['command'], clientMsgId?: string) => Added
  readonly retry: (roomId: string, clientMsgId: string) => void
  /** Answers whether it was not on its way yet. A failed one is forgotten. */
  readonly cancel: (roomId: string, clientMsgId: string) => boolean
  /** An event of mine was seen in the log: whatever the answer, it is stored. */
  readonly confirm: (roomId: string, clientMsgId: string, stored: Stored) => void
}
