import type { ChatError } from '@parley/client'
import { useCallback, useEffect, useState } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { useConnection } from '../hooks/use-connection.ts'
import { useRoom, useRooms } from '../hooks/use-rooms.ts'
import { useElement } from './element-context.ts'
import { asChatError } from './use-sign-in.ts'

export type RoomAccess =
  | { readonly name: 'loading' }
  | { readonly name: 'ready' }
  | { readonly name: 'failed'; readonly error: ChatError }

/** A room that the page names: whoever is not in it joins it, which public rooms allow. */
export function useRoomAccess(roomId: string): {
  readonly state: RoomAccess
  readonly again: () => void
} {
  const { emit } = useElement()
  const { rooms } = useChat()
  const list = useRooms()
  const isLive = useConnection().status === 'live'
  const isMine = useRoom(roomId).info !== null
  const [error, setError] = useState<ChatError | null>(null)
  const [attempt, setAttempt] = useState(0)

  const failed = useCallback(
    (reason: unknown) => {
      const told = asChatError(reason)
      setError(told)
      emit('parley-error', { error: told })
    },
    [emit],
  )

  const { status, error: listError } = list
  useEffect(() => {
    if (status === 'failed' && listError !== null) failed(listError)
  }, [status, listError, failed])

  useEffect(() => {
    if (isMine || !isLive || status !== 'ready') return
    let isWanted = true
    rooms.join(roomId).catch((reason: unknown) => isWanted && failed(reason))
    return () => void (isWanted = false)
  }, [rooms, roomId, isMine, isLive, status, attempt, failed])

  const again = useCallback(() => {
    setError(null)
    setAttempt((before) => before + 1)
    if (rooms.list.current.status === 'failed') void rooms.reload()
  }, [rooms])

  if (isMine) return { state: { name: 'ready' }, again }
  return { state: error === null ? { name: 'loading' } : { name: 'failed', error }, again }
}
