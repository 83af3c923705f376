import type { Readable } from 'node:stream'

/** Both ends included, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Where the bytes of files are kept. Keys are made by `fileKey` and `thumbnailKey` alone. */
export interface FileStorage {
  /**
   * Resolves when the bytes are there to stay. If the source fails, or the storage does, it rejects
   * and nothing is to be had under the key.
   */
  readonly write: (key: string, source: AsyncIterable<Buffer>) => Promise<void>
  /** Rejects with `MissingBytesError` if there is nothing under the key. */
  readonly open: (key: string, range?: ByteRange) => Promise<Readable>
  /** What is not there is no error. */
  readonly remove: (key: string) => Promise<void>
  /** Removes besides what a writer that died may have left half done. */
  readonly removeUnfinished: (key: string) => Promise<void>
  readonly close: () => void
}

export class MissingBytesError extends Error {
  override readonly name = 'MissingBytesError'
}

export const fileKey = (fileId: string): string => fileId
export const thumbnailKey = (fileId: string): string => `${fileId}-thumbnail`
