import type { Chat } from '@parley/client'
import type { Role } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { useEffect, useState } from 'react'

/** They change rarely: read once for each chat. What failed is read again by the next who asks. */
const known = new WeakMap<Chat, Promise<readonly Role[]>>()

export function readRoles(chat: Chat): Promise<readonly Role[]> {
  const kept = known.get(chat)
  if (kept !== undefined) return kept
  const reading = chat.call('GET /v1/roles').then(({ data }) => data)
  known.set(chat, reading)
  reading.catch(() => known.delete(chat))
  return reading
}

const NONE: readonly Role[] = []

/** All roles, the highest first; empty until they are known. */
export function useRoles(): readonly Role[] {
  const chat = useChat()
  const [roles, setRoles] = useState(NONE)
  useEffect(() => {
    let isWanted = true
    readRoles(chat).then(
      (read) => isWanted && setRoles(read),
      // Without them nothing is offered that the server might refuse.
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [chat])
  return roles
}
