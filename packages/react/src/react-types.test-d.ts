import type { Chat, ChatError } from '@parley/client'
import { createElement, type JSX } from 'react'
import './element/element.ts'
import type { Strings } from './element/strings.ts'
import { EN } from './element/strings-en.ts'
import {
  ChatProvider,
  useCreateChat,
  useDraft,
  useFileLink,
  usePresence,
  useSend,
} from './index.ts'

// The element is known by its tag, to the page and to JSX, with the events and what they carry.
const element = document.createElement('parley-chat')
element.getToken = async (stale: string | null) => stale ?? 'token'
// @ts-expect-error A token is a promise of one.
element.getToken = () => 'token'
element.addEventListener('parley-ready', ({ detail }) => detail.chat satisfies Chat)
element.addEventListener('parley-error', ({ detail }) => detail.error satisfies ChatError)
element.addEventListener('parley-unread', ({ detail }) => detail.count satisfies number)
type Attributes = JSX.IntrinsicElements['parley-chat']
const attributes: Attributes = { room: 'r', theme: 'dark', 'guest-name': 'Visitor' }
// @ts-expect-error There is no such theme.
const pink: Attributes = { theme: 'pink' }
createElement('parley-chat', attributes ?? pink)

// A language that lacks a text is none.
const { send: _send, ...withoutSend } = EN
// @ts-expect-error `send` is missing.
withoutSend satisfies Strings
const { MUTED: _muted, ...withoutMuted } = EN.errors
// @ts-expect-error The words for `MUTED` are missing.
withoutMuted satisfies Strings['errors']

export function useTypes(chat: Chat): void {
  useCreateChat(null) satisfies Chat | null
  useCreateChat({ url: 'https://chat.example.com', token: 'x' })
  // @ts-expect-error Options are an object, or null.
  useCreateChat('https://chat.example.com')
  const [text, setText, isLoaded] = useDraft('r')
  setText((before) => `${before}${text}${isLoaded}`)
  useSend('r')({ text: 'hello', replyTo: 3 }).clientMsgId satisfies string
  // @ts-expect-error A draft has no such thing.
  useSend('r')({ words: 'hello' })
  usePresence(['a']).get('a')?.status satisfies string | undefined
  useFileLink(null, { thumbnail: true }) satisfies string | null
  createElement(ChatProvider, { chat })
  // @ts-expect-error A provider needs a chat.
  createElement(ChatProvider, {})
}
