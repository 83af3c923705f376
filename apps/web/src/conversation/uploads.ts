import { ChatError, createStore, type Files, type Store, type Upload } from '@parley/client'
import type { Attachment } from '@parley/message-schema'

/** A file that will go with the next message. */
export interface PendingFile {
  readonly id: number
  readonly file: File
  readonly upload: Upload
  readonly attachment: Attachment | null
  readonly error: ChatError | null
}

export interface Uploads {
  readonly files: Store<readonly PendingFile[]>
  /** Answers how many there was no room for. */
  readonly add: (files: Iterable<File>) => number
  readonly remove: (id: number) => void
  readonly retry: (id: number) => void
  /** What is there, for a message: it is no longer pending then. What could not be uploaded stays. */
  readonly take: () => Attachment[]
  readonly clear: () => void
}

/** Files that one message may have. */
export const MOST_FILES = 30

const asError = (error: unknown): ChatError =>
  error instanceof ChatError
    ? error
    : new ChatError({ code: 'UNKNOWN_OUTCOME', message: String(error), retryable: true })

/** The files that wait in one composer. */
export function createUploads(store: Files): Uploads {
  const files = createStore<readonly PendingFile[]>([])
  let nextId = 1

  const begin = (id: number, file: File): PendingFile => {
    const upload = store.upload(file, { name: file.name, purpose: 'message' })
    const change = (part: Partial<PendingFile>): void =>
      files.set(files.current.map((one) => (one.upload === upload ? { ...one, ...part } : one)))
    upload.done.then(
      (attachment) => change({ attachment }),
      (error: unknown) => change({ error: asError(error) }),
    )
    return { id, file, upload, attachment: null, error: null }
  }
  const forget = ({ upload, attachment, error }: PendingFile): void => {
    if (attachment !== null) void store.delete(attachment.id).catch(() => undefined)
    else if (error === null) upload.cancel()
  }

  return {
    files,
    add(given) {
      const all = [...given]
      const taken = all.slice(0, MOST_FILES - files.current.length)
      if (taken.length > 0) {
        files.set([...files.current, ...taken.map((file) => begin(nextId++, file))])
      }
      return all.length - taken.length
    },
    remove(id) {
      files.current.filter((one) => one.id === id).forEach(forget)
      files.set(files.current.filter((one) => one.id !== id))
    },
    retry: (id) =>
      files.set(files.current.map((one) => (one.id === id ? begin(id, one.file) : one))),
    take() {
      const there = files.current.flatMap(({ attachment }) => attachment ?? [])
      files.set(files.current.filter(({ attachment }) => attachment === null))
      return there
    },
    clear() {
      files.current.forEach(forget)
      files.set([])
    },
  }
}
