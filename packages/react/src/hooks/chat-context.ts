import type { Chat } from '@parley/client'
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  type ReactElement,
  type ReactNode,
} from 'react'
import { followServerClock } from './server-clock.ts'

const ChatContext = createContext<Chat | null>(null)

export interface ChatProviderProps {
  readonly chat: Chat
  readonly children?: ReactNode
}

/** Gives a chat to all hooks below it. It neither opens nor closes the chat: `useCreateChat` does. */
export function ChatProvider({ chat, children }: ChatProviderProps): ReactElement {
  useEffect(() => followServerClock(chat.connection), [chat])
  return createElement(ChatContext.Provider, { value: chat }, children)
}

/** The chat of the nearest `ChatProvider`. Throws without one. */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (chat === null) throw new Error('Put a <ChatProvider chat={chat}> around what uses the chat.')
  return chat
}
