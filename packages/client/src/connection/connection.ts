import type {
  CommandData,
  CommandName,
  CommandPayload,
  Fact,
  SessionReady,
} from '@parley/message-schema'
import type { ChatError } from '../chat-error.ts'
import type { Store } from '../store.ts'
import type { LinkKind, LiveFactName } from './link.ts'

export type ConnectionStatus =
  /** `connect()` was not called yet, or `disconnect()` was. */
  | 'idle'
  | 'connecting'
  /** The session is open; what was missed is on its way. */
  | 'catching-up'
  | 'live'
  /** Between two attempts: the next one is at `retryAt`. */
  | 'waiting'
  /** The device has no network; it goes on by itself when there is one. */
  | 'offline'
  /** The server does not want this session back: sign in again, or update. `error` says why. */
  | 'ended'

export interface ConnectionState {
  readonly status: ConnectionStatus
  /** `null` without a link. */
  readonly via: LinkKind | null
  /** Name of the gateway that holds the session, for support. */
  readonly gateway: string | null
  /** Failed attempts since it was last live. */
  readonly attempt: number
  /** Milliseconds since 1970. */
  readonly retryAt: number | null
  readonly error: ChatError | null
}

/** What the rest of the client needs of the way to the server, whichever it is now. */
export interface Connection {
  readonly state: Store<ConnectionState>
  /** Of the present session, or of the last one. */
  readonly session: Store<SessionReady | null>
  readonly connect: () => void
  /** Ends the session of this tab. Rooms and outbox stay; `connect()` goes on with them. */
  readonly disconnect: () => void
  /** Does not wait for the next attempt. For a button in a banner. */
  readonly retryNow: () => void
  /**
   * Sends once, over the present link. Throws `ChatError`: what the server answered, or
   * `UNKNOWN_OUTCOME` without an answer, at once while there is no link.
   */
  readonly request: <Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ) => Promise<CommandData<Name>>
  /** Facts in the order in which they came. Answers what ends it. */
  readonly onFact: <Name extends LiveFactName>(
    name: Name,
    listener: (fact: Fact<Name>) => void,
  ) => () => void
  /**
   * Called with each new session, before `status` is `live`: it is live once all of them have
   * resolved, and starts anew when one rejects. `request` works inside, over the new link.
   */
  readonly onSession: (catchUp: (session: SessionReady) => Promise<void>) => () => void
}
