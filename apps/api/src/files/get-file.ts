import type { Readable } from 'node:stream'
import { ParleyError } from '@parley/message-schema'
import type { FileStore, StoredFile } from '../db/files/file-store.ts'
import {
  fileKey,
  MissingBytesError,
  thumbnailKey,
  type ByteRange,
  type FileStorage,
} from './file-storage.ts'

/** What is sent of a file: itself, or its small picture. */
export interface FileContent {
  readonly name: string
  readonly mime: string
  /** Unknown of a thumbnail: it is sent as a whole. */
  readonly bytes: number | undefined
  /** Of these very bytes, for ever. */
  readonly etag: string
  readonly open: (range?: ByteRange) => Promise<Readable>
}

export type GetFile = (userId: string, id: string, isThumbnail: boolean) => Promise<FileContent>

export const noSuchFile = (): ParleyError =>
  new ParleyError('NOT_FOUND', { message: 'There is no such file.' })

const THUMBNAIL_MIME = 'image/webp'

function contentOf(file: StoredFile, isThumbnail: boolean, storage: FileStorage): FileContent {
  const digest = file.sha256.toString('hex').slice(0, 32)
  const open = (key: string, range?: ByteRange) =>
    storage.open(key, range).catch((cause: unknown) => {
      throw cause instanceof MissingBytesError ? noSuchFile() : cause
    })
  if (!isThumbnail) {
    const { name, mime, bytes } = file
    return {
      name,
      mime,
      bytes,
      etag: `"${digest}"`,
      open: (range) => open(fileKey(file.id), range),
    }
  }
  return {
    name: `${file.name}.webp`,
    mime: THUMBNAIL_MIME,
    bytes: undefined,
    etag: `"${digest}-t"`,
    open: () => open(thumbnailKey(file.id)),
  }
}

/** Whoever may not have it is told that it does not exist. */
export function createGetFile(
  store: Pick<FileStore, 'findVisible'>,
  storage: FileStorage,
): GetFile {
  return async (userId, id, isThumbnail) => {
    const file = await store.findVisible(id, userId)
    if (file === null || (isThumbnail && !file.hasThumbnail)) throw noSuchFile()
    return contentOf(file, isThumbnail, storage)
  }
}
