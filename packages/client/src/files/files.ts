import type { Attachment } from '@parley/message-schema'
import type { Store } from '../store.ts'

export interface Upload {
  /** From 0 to 1. */
  readonly progress: Store<number>
  /** Rejects with `ChatError`: `TOO_LARGE`, `REJECTED`, `UNKNOWN_OUTCOME`. */
  readonly done: Promise<Attachment>
  readonly cancel: () => void
}

export interface Files {
  readonly upload: (
    file: Blob,
    options?: { name?: string; purpose?: 'message' | 'avatar' },
  ) => Upload
  /** An address for `<img>` and downloads, mine, good for some minutes. Kept and renewed by itself. */
  readonly link: (fileId: string, options?: { thumbnail?: boolean }) => Promise<string>
  /** Takes back a file that is in no message. */
  readonly delete: (fileId: string) => Promise<void>
}
