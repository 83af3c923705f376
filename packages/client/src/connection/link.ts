import type {
  CommandData,
  CommandName,
  CommandPayload,
  ErrorBody,
  Fact,
  FactName,
  Reply,
  SessionEnd,
  SessionReady,
} from '@parley/message-schema'

/** Facts that are handed on; those of the session itself are told by `LinkEvents`. */
export type LiveFactName = Exclude<FactName, 'session:ready' | 'session:end'>

export type LinkClosed =
  /** The network, a proxy or the server went away. */
  | { readonly cause: 'transport'; readonly wasReady: boolean }
  /** The handshake was answered by an error. */
  | { readonly cause: 'refused'; readonly error: ErrorBody }
  /** The server said why it ends the session. */
  | { readonly cause: 'ended'; readonly end: SessionEnd }

export interface LinkEvents {
  /** Once, before any fact: the session is open, catch up now. */
  readonly ready: (session: SessionReady) => void
  readonly fact: <Name extends LiveFactName>(name: Name, fact: Fact<Name>) => void
  /** Once, and nothing after it. Not called after `close()`. */
  readonly closed: (why: LinkClosed) => void
}

export type LinkKind = 'websocket' | 'polling' | 'http' | 'tab'

/** One way to the server while it lasts. It does not come back: whoever opened it opens another. */
export interface Link {
  /** How it goes now; a socket may begin by polling and move on to WebSocket. */
  readonly kind: LinkKind
  /**
   * Answers what the server answered. Rejects with `UNKNOWN_OUTCOME` if nothing came within
   * `timeoutMs` (10 s by default), or if the link closed before.
   */
  readonly request: <Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
    timeoutMs?: number,
  ) => Promise<Reply<CommandData<Name>>>
  readonly close: () => void
}

export interface LinkOptions {
  /** Without a path, for example `https://chat.example.com`. */
  readonly url: string
  readonly token: string
  readonly deviceId: string
}

/** Opens at once and answers; what becomes of it is told by `events`, never synchronously. */
export type OpenLink = (options: LinkOptions, events: LinkEvents) => Link
