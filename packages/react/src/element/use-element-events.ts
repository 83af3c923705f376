import type { Store } from '@parley/client'
import { useEffect, useRef } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { useSelected } from '../hooks/use-selected.ts'
import { useConnection } from '../hooks/use-connection.ts'
import { useElement } from './element-context.ts'

const unreadOfAll = ({ messages }: { readonly messages: number }): number => messages
const unreadOfOne = ({ unread }: { readonly unread: number }): number => unread

/** Tells the page that the chat is live, that it has ended, and how much is unread. */
export function useElementEvents(roomId: string | null): void {
  const { emit } = useElement()
  const chat = useChat()
  const { status, error } = useConnection()
  const isTold = useRef(false)

  useEffect(() => {
    if (status !== 'live' || isTold.current) return
    isTold.current = true
    emit('parley-ready', { chat })
  }, [status, chat, emit])

  useEffect(() => {
    if (status === 'ended' && error !== null) emit('parley-error', { error })
  }, [status, error, emit])

  const all = useSelected(chat.rooms.unread, unreadOfAll)
  const one = useSelected(roomId === null ? NONE : chat.rooms.get(roomId).reading.mine, unreadOfOne)
  const count = roomId === null ? all : one
  useEffect(() => emit('parley-unread', { count }), [count, emit])
}

const NONE: Store<{ readonly unread: number }> = {
  current: { unread: 0 },
  subscribe: () => () => undefined,
}
