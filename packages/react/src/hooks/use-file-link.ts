import { ChatError, type Chat } from '@parley/client'
import { useEffect, useState } from 'react'
import { useChat } from './chat-context.ts'

/**
 * An address for `<img>` and the like; `null` until it is there, and without a file. It is good for some
 * minutes, which is enough for what is shown at once. For a download ask `chat.files.link` when it is
 * clicked.
 */
export function useFileLink(
  fileId: string | null,
  { thumbnail = false }: { readonly thumbnail?: boolean } = {},
): string | null {
  const chat = useChat()
  const wanted = fileId === null ? null : `${fileId}${thumbnail ? '?' : ''}`
  const [link, setLink] = useState<{ readonly of: string; readonly url: string } | null>(null)

  useEffect(() => {
    if (fileId === null || wanted === null) return
    return readLink(chat, fileId, thumbnail, (url) => setLink({ of: wanted, url }))
  }, [chat, fileId, thumbnail, wanted])

  return link !== null && link.of === wanted ? link.url : null
}

/** Asks, and again with each new session while there was no answer. */
function readLink(
  { files, connection }: Chat,
  fileId: string,
  thumbnail: boolean,
  done: (url: string) => void,
): () => void {
  let isWanted = true
  let stopWaiting = (): void => undefined

  const failed = (error: unknown): void => {
    if (!isWanted || !(error instanceof ChatError && error.isRetryable)) return
    let { status } = connection.state.current
    stopWaiting = connection.state.subscribe(() => {
      const before = status
      status = connection.state.current.status
      if (status !== 'live' || before === 'live') return
      stopWaiting()
      ask()
    })
  }
  const ask = (): void =>
    void files.link(fileId, { thumbnail }).then((url) => isWanted && done(url), failed)

  ask()
  return () => {
    isWanted = false
    stopWaiting()
  }
}
