import type { Store } from '@parley/client'
import type { User } from '@parley/message-schema'
import { useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { useStore } from './use-store.ts'

const NOBODY: Store<User | null> = { current: null, subscribe: () => () => undefined }

/** One person; `null` until they are known, for unknown ones, and for `null`. */
export function useUser(userId: string | null): User | null {
  const { people } = useChat()
  const store = useMemo(() => (userId === null ? NOBODY : people.get(userId)), [people, userId])
  return useStore(store)
}
