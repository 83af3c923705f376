import type { Event } from '@parley/message-schema'
import type { ChatError } from '../chat-error.ts'
import type { Store } from '../store.ts'
import type { MessageDraft, SendState, TimelineMessage } from './timeline-message.ts'

export interface Timeline {
  /** `idle` until the room is opened; `failed` if the first page could not be read. */
  readonly status: 'idle' | 'loading' | 'ready' | 'failed'
  readonly error: ChatError | null
  /**
   * Without holes, in the order of the log; at the end those of mine that are on their way. An item
   * stays the same object until it changes.
   */
  readonly items: readonly TimelineMessage[]
  /** There is more before the first one. */
  readonly hasBefore: boolean
  /** There is more after the last one: the view is somewhere in the past. What comes is not shown. */
  readonly hasAfter: boolean
  readonly isLoadingBefore: boolean
  readonly isLoadingAfter: boolean
  /** How many items were put before what was first, in all: a list keeps its place by it. */
  readonly prepended: number
}

/** One change of the timeline, after it. */
export type MessageChange =
  | { readonly type: 'created'; readonly message: TimelineMessage; readonly event: Event }
  | { readonly type: 'updated'; readonly message: TimelineMessage; readonly event: Event }
  | { readonly type: 'deleted'; readonly message: TimelineMessage; readonly event: Event }

export interface HistoryPage {
  readonly items: readonly TimelineMessage[]
  readonly hasMore: boolean
  readonly older: () => Promise<HistoryPage>
}

export interface MessageSubscription {
  /**
   * Messages from just before the first one that the listener was or will be told of, ascending:
   * with what the listener hears there is neither hole nor double. After `onReset`, from before the
   * place where it goes on.
   */
  readonly historyBefore: (options?: { limit?: number }) => Promise<HistoryPage>
  readonly unsubscribe: () => void
}

export interface SentMessage {
  readonly clientMsgId: string
  /** Resolves when it is stored. Rejects when it was refused for good or cancelled, or the chat is closed. */
  readonly stored: Promise<{ readonly seq: number; readonly msgNo: number; readonly ts: string }>
  /** Too much waits already: it is neither kept nor shown, so its words are still the caller's to keep. */
  readonly isRefused?: boolean
}

export interface Messages {
  /**
   * What is to be shown of the room. Filled while the room is open. What is said in a thread is not
   * among it: it is in `thread(rootSeq)`, and `thread` of the first message counts it.
   */
  readonly timeline: Store<Timeline>
  /**
   * Live messages from now on, in order, each change once, also of threads. A subscription opens the
   * room.
   * `onReset` as in `Room.onEvent`.
   */
  readonly subscribe: (
    listener: (change: MessageChange) => void,
    onReset?: (head: number) => void,
  ) => MessageSubscription
  /** Shown at once as `pending`; sent now or as soon as there is a way, once, in the order of the calls. */
  readonly send: (draft: MessageDraft | string) => SentMessage
  /** Tries a failed one again; a new refusal leaves it `failed`. */
  readonly retry: (clientMsgId: string) => void
  /** Takes one back that is not sent. Answers whether it was in time. */
  readonly cancel: (clientMsgId: string) => boolean
  /** Shown at once; taken back with the error if it is refused. Kept over a reload like a send. */
  readonly edit: (seq: number, text: string) => Promise<void>
  readonly delete: (seq: number) => Promise<void>
  /** `on` is `true` if it is left out. Shown at once; when it is changed quickly, the last wish wins. */
  readonly react: (seq: number, key: string, on?: boolean) => Promise<void>
  readonly pin: (seq: number, on?: boolean) => Promise<void>
  readonly pinned: () => Promise<readonly TimelineMessage[]>
  /** Shows a message to the moderators. */
  readonly report: (seq: number, reason: string) => Promise<void>
  readonly get: (seq: number) => Promise<TimelineMessage>
  readonly versions: (
    seq: number,
  ) => Promise<readonly { version: number; text: string | null; ts: string }[]>
  /** Older messages into `timeline`. Does nothing while it does so already, or at the beginning. */
  readonly loadBefore: () => Promise<void>
  readonly loadAfter: () => Promise<void>
  /**
   * Shows what is around a message. The timeline is replaced if it does not hold it. Does nothing while
   * the room is closed. Of a reply it shows where it was said: it is itself in its thread.
   */
  readonly jumpTo: (seq: number) => Promise<void>
  readonly jumpToLatest: () => Promise<void>
  /**
   * Call it while the view is at the bottom: of more than 5,000 items the oldest are dropped, and
   * `prepended` goes down by as many. Nothing is dropped by itself.
   */
  readonly trim: () => void
  /** Of one thread, with its first message on top. Opened and closed like a room. */
  readonly thread: (rootSeq: number) => Thread
}

export interface Thread {
  readonly rootSeq: number
  readonly root: Store<TimelineMessage | null>
  readonly timeline: Store<Timeline>
  readonly open: () => () => void
  readonly loadBefore: () => Promise<void>
  readonly send: (draft: MessageDraft | string) => SentMessage
}

export type { MessageDraft, SendState, TimelineMessage }
