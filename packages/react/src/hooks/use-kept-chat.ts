import type { Chat, ChatOptions } from '@parley/client'
import { useEffect, useRef, useState } from 'react'

interface Kept {
  readonly key: string
  readonly chat: Chat
  closing: ReturnType<typeof setTimeout> | null
}

const keyOf = ({ url, userId, token, tabs }: ChatOptions): string =>
  JSON.stringify([url, userId, token, tabs])

/** `useCreateChat` with its factory as a port. */
export function useKeptChat(
  create: (options: ChatOptions) => Chat,
  options: ChatOptions | null,
): Chat | null {
  const latest = useRef(options)
  const kept = useRef<Kept | null>(null)
  const [chat, setChat] = useState<Chat | null>(null)
  const key = options === null ? null : keyOf(options)

  useEffect(() => {
    latest.current = options
  })

  useEffect(() => {
    const given = latest.current
    if (key === null || given === null) return
    const mine = takeBack(kept.current, key) ?? {
      key,
      chat: create(withLatest(given, latest)),
      closing: null,
    }
    kept.current = mine
    setChat(mine.chat)
    return () => {
      setChat(null)
      // Strict mode unmounts and mounts again at once: the same chat goes on then.
      mine.closing = setTimeout(() => {
        if (kept.current === mine) kept.current = null
        void mine.chat.close()
      }, 0)
    }
  }, [create, key])

  return chat
}

function takeBack(kept: Kept | null, key: string): Kept | null {
  if (kept === null || kept.closing === null || kept.key !== key) return null
  clearTimeout(kept.closing)
  kept.closing = null
  return kept
}

function withLatest(
  options: ChatOptions,
  latest: { readonly current: ChatOptions | null },
): ChatOptions {
  const { getToken } = options
  if (getToken === undefined) return options
  return { ...options, getToken: (stale) => (latest.current?.getToken ?? getToken)(stale) }
}
