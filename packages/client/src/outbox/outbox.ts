import type { ChatError } from '../chat-error.ts'
import type { MessageDraft } from '../messages/timeline-message.ts'
import type { Store } from '../store.ts'

/** A command that changes a room and has no answer yet. */
export interface OutboxEntry {
  readonly clientMsgId: string
  readonly roomId: string
  readonly command:
    | { readonly kind: 'send'; readonly draft: MessageDraft }
    | { readonly kind: 'edit'; readonly seq: number; readonly text: string }
    | { readonly kind: 'delete'; readonly seq: number }
  /** Milliseconds since 1970, of this device. */
  readonly createdAt: number
  readonly state: 'pending' | 'failed'
  readonly error: ChatError | null
}

/**
 * What I said and the server has not confirmed. It survives a reload, is sent room by room in the order
 * in which it was said, and each entry is in the log at most once, however often it is sent.
 */
export interface Outbox {
  readonly entries: Store<readonly OutboxEntry[]>
  /** Words that were begun and not sent, by room (and thread). They survive a reload. */
  readonly drafts: Drafts
}

export interface Drafts {
  readonly get: (roomId: string, threadId?: number) => Promise<string>
  /** An empty text forgets it. Kept after a short pause. */
  readonly set: (roomId: string, text: string, threadId?: number) => void
  /** Rooms with a draft. */
  readonly rooms: Store<ReadonlySet<string>>
}
