import type { ChatError, TimelineMessage, Upload } from '@parley/client'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { asChatError } from './use-sign-in.ts'

type Attachment = TimelineMessage['attachments'][number]

/** A file that will go with the next message. */
export interface PendingFile {
  readonly id: number
  readonly file: File
  readonly upload: Upload
  readonly attachment: Attachment | null
  readonly error: ChatError | null
}

export interface Uploads {
  readonly files: readonly PendingFile[]
  readonly isBusy: boolean
  readonly add: (files: Iterable<File>) => void
  readonly remove: (id: number) => void
  readonly retry: (id: number) => void
  /** What is there, for a message: it is no longer pending then. */
  readonly take: () => Attachment[]
}

/** Files that one message may have. */
const MOST = 30

export function useUploads(): Uploads {
  const { files: store } = useChat()
  const [files, setFiles] = useState<readonly PendingFile[]>([])
  const latest = useRef(files)
  const nextId = useRef(1)

  const change = useCallback((next: readonly PendingFile[]) => {
    latest.current = next
    setFiles(next)
  }, [])

  const begin = useCallback(
    (id: number, file: File): PendingFile => {
      const upload = store.upload(file, { name: file.name, purpose: 'message' })
      const done = (part: Partial<PendingFile>): void =>
        change(latest.current.map((one) => (one.upload === upload ? { ...one, ...part } : one)))
      upload.done.then(
        (attachment) => done({ attachment }),
        (error: unknown) => done({ error: asChatError(error) }),
      )
      return { id, file, upload, attachment: null, error: null }
    },
    [store, change],
  )

  const forget = useCallback(
    ({ upload, attachment, error }: PendingFile): void => {
      if (attachment !== null) void store.delete(attachment.id).catch(() => undefined)
      else if (error === null) upload.cancel()
    },
    [store],
  )

  useEffect(() => () => latest.current.forEach(forget), [forget])

  return useMemo(
    () => ({
      files,
      isBusy: files.some(({ attachment, error }) => attachment === null && error === null),
      add(given) {
        const room = MOST - latest.current.length
        const begun = [...given].slice(0, room).map((file) => begin(nextId.current++, file))
        change([...latest.current, ...begun])
      },
      remove(id) {
        latest.current.filter((one) => one.id === id).forEach(forget)
        change(latest.current.filter((one) => one.id !== id))
      },
      retry: (id) =>
        change(latest.current.map((one) => (one.id === id ? begin(id, one.file) : one))),
      take() {
        const there = latest.current.flatMap(({ attachment }) => attachment ?? [])
        // What could not be uploaded stays in sight.
        change(latest.current.filter(({ attachment }) => attachment === null))
        return there
      },
    }),
    [files, begin, change, forget],
  )
}
