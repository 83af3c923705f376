import type { ConnectionState, Guarantees, OutboxEntry } from '@parley/client'
import type { User } from '@parley/message-schema'
import { useChat } from './chat-context.ts'
import { usePacedStore } from './use-paced-store.ts'
import { useStore } from './use-store.ts'

/** How the way to the server is. */
export const useConnection = (): ConnectionState => useStore(useChat().connection.state)

/** Who is signed in; `null` until the server has told it. */
export const useMe = (): User | null => useStore(useChat().me)

/** Whether the server kept its word: all zero but `events`, or something is wrong. */
export const useGuarantees = (): Guarantees => usePacedStore(useChat().guarantees)

/** What I said and the server has not confirmed, in all rooms. */
export const useOutbox = (): readonly OutboxEntry[] => useStore(useChat().outbox.entries)
