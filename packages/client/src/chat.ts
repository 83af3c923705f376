import type { Message, Privacy, User } from '@parley/message-schema'
import type { RoomExport } from './chat/room-export.ts'
import type { Connection } from './connection/connection.ts'
import type { Guarantees } from './connection/guarantees.ts'
import type { Files } from './files/files.ts'
import type { OpenLink } from './connection/link.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { People } from './people/people.ts'
import type { PresenceWatch } from './presence/presence-watch.ts'
import type { CallRoute, RouteAnswer } from './rest/call-route.ts'
import type { Rooms } from './rooms/rooms.ts'
import type { ClientStorage } from './storage/client-storage.ts'
import type { Store } from './store.ts'

/**
 * Answers an access token that is good now. `stale` is one that the server has refused or is about to:
 * answer another one then. Called again whenever a token is needed, so it may answer one it keeps.
 * Throw a `ChatError` that is not retryable to end the session (`AUTH_REVOKED`); anything else is
 * tried again with growing pauses.
 */
export type GetToken = (stale: string | null) => Promise<string>

export interface ChatOptions {
  /** Where Parley is, for example `https://chat.example.com`. In a page its own origin by default. */
  readonly url?: string
  /** A token that does not change: for tests and short scripts. Else give `getToken`. */
  readonly token?: string
  readonly getToken?: GetToken
  /** Names what is kept in this browser: one for each account. Taken from the token by default. */
  readonly userId?: string
  /** What outlasts a reload. IndexedDB where there is one, else memory. */
  readonly storage?: ClientStorage
  /**
   * Told when what is to outlast this page cannot be kept, which is sent all the same; and when an edit or
   * a delete of an earlier page is refused, which nobody here waits for. By default the console.
   */
  readonly onWarning?: (message: string, cause: unknown) => void
  /** All tabs of one account share one socket (default where the browser can), or each has its own. */
  readonly tabs?: 'shared' | 'own'
  /** In this order, until one gets through. `http` polls REST. All by default. */
  readonly transports?: readonly ('websocket' | 'polling' | 'http')[]
  /** Connects at once (default). Else call `chat.connection.connect()`. */
  readonly autoConnect?: boolean
  /** Opens links in a way of your own. For tests. */
  readonly openLink?: OpenLink
  readonly fetch?: typeof fetch
}

export interface SearchQuery {
  readonly q: string
  readonly roomId?: string
  readonly from?: string
  readonly has?: readonly ('file' | 'link')[]
  readonly before?: string
  readonly after?: string
  readonly cursor?: string
  readonly limit?: number
}

export interface SearchHit {
  readonly message: Message
  /** From and to (excluded), in UTF-16 code units of the text. */
  readonly highlights: readonly (readonly [number, number])[]
}

export interface SearchPage {
  readonly hits: readonly SearchHit[]
  /** For the next page; `null` at the end. */
  readonly cursor: string | null
}

/** One signed-in person's chat. `createChat` makes it; `close` ends it. */
export interface Chat {
  readonly connection: Connection
  /** `null` until the server has told who the token is for. */
  readonly me: Store<User | null>
  readonly rooms: Rooms
  readonly people: People
  readonly presence: PresenceWatch
  readonly files: Files
  /** What waits to be sent, in all rooms. */
  readonly outbox: Outbox
  /** Whether the server kept its word (docs/protocol.md C4). All zero, or something is wrong. */
  readonly guarantees: Store<Guarantees>
  /** Messages of all my rooms, newest first. */
  readonly search: (query: SearchQuery, signal?: AbortSignal) => Promise<SearchPage>
  /** All messages of a room that I may see (right `room:export`), as they come. */
  readonly exportRoom: (
    roomId: string,
    options?: { readonly versions?: boolean; readonly signal?: AbortSignal },
  ) => Promise<RoomExport>
  readonly updateMe: (change: { displayName?: string; avatarUrl?: string | null }) => Promise<User>
  readonly getPrivacy: () => Promise<Privacy>
  readonly setPrivacy: (change: Partial<Privacy>) => Promise<Privacy>
  /** Every REST route, with the types of the server, for what has no method here. */
  readonly call: CallRoute
  /** Invites to rooms that I have not answered. Kept up to date by `room:invited`. */
  readonly invites: Store<readonly RouteAnswer<'GET /v1/me/invites'>['data'][number][]>
  readonly acceptInvite: (inviteId: string) => Promise<void>
  readonly declineInvite: (inviteId: string) => Promise<void>
  /** What can be sent still is, for at most `timeoutMs` (5 s); what waits is kept in the storage. */
  readonly close: (timeoutMs?: number) => Promise<void>
  /** Closes at once and deletes what is kept here, unsent messages too: for signing out. */
  readonly forget: () => Promise<void>
}
