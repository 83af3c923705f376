import type { Message } from '@parley/message-schema'
import type { ChatError } from '../chat-error.ts'

export type SendState =
  /** In the log. */
  | { readonly name: 'stored' }
  /** On its way, or waiting for one. */
  | { readonly name: 'pending' }
  /** Refused. `error.isRetryable` or not, `retry` sends it again. */
  | { readonly name: 'failed'; readonly error: ChatError }

/**
 * A message as it stands now: `Message` of docs/protocol.md, with what the client knows more. Of one that
 * is not stored yet `seq` and `msgNo` are 0 and `ts` is the time of this device.
 */
export interface TimelineMessage extends Omit<Message, 'reactions'> {
  /** The same before and after it is stored: for lists. */
  readonly key: string
  readonly state: SendState
  readonly isMine: boolean
  readonly reactions: readonly {
    readonly key: string
    readonly count: number
    readonly userIds: readonly string[]
    readonly mine: boolean
  }[]
  /** The one that it answers, as it stands now; `null`: not known (yet). */
  readonly quoted?: QuotedMessage | null
  /** A change of mine that is on its way: shown already. */
  readonly isChanging: boolean
}

export interface QuotedMessage {
  readonly seq: number
  readonly senderName: string
  /** `null`: deleted, or something without words. */
  readonly text: string | null
}

export interface MessageDraft {
  readonly text?: string
  readonly type?: string
  readonly payload?: Record<string, unknown>
  /** Ids of files that were uploaded by `chat.files.upload`, with what is to be shown meanwhile. */
  readonly attachments?: Message['attachments']
  readonly replyTo?: number
  readonly threadId?: number
  readonly mentions?: readonly string[]
  readonly mentionAll?: 'room' | 'here'
  readonly silent?: boolean
  /** Your own id for it (a UUID), to send it at most once over restarts of a program. */
  readonly clientMsgId?: string
}
