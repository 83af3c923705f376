import { ParleyError } from '@parley/message-schema'
import { createDiskStorage } from './disk-storage.ts'
import type { StorageSettings } from './file-env.ts'
import { MissingBytesError, type FileStorage } from './file-storage.ts'

const nothing = async (): Promise<void> => {}

/** Of a server that was told of no place for files. */
const NO_STORAGE: FileStorage = {
  write: () =>
    Promise.reject(new ParleyError('REJECTED', { message: 'This server takes no files.' })),
  open: () => Promise.reject(new MissingBytesError('There are no such bytes.')),
  remove: nothing,
  removeUnfinished: nothing,
  close() {},
}

export const hasStorage = ({ dir, s3 }: StorageSettings): boolean =>
  s3 !== undefined || dir !== undefined

/** The SDK of S3 is large: it is loaded where there is a bucket, when it is first needed. */
function lazily(load: () => Promise<FileStorage>): FileStorage {
  let loading: Promise<FileStorage> | undefined
  const loaded = (): Promise<FileStorage> => (loading ??= load())
  return {
    write: async (key, source) => (await loaded()).write(key, source),
    open: async (key, range) => (await loaded()).open(key, range),
    remove: async (key) => (await loaded()).remove(key),
    removeUnfinished: async (key) => (await loaded()).removeUnfinished(key),
    close() {
      void loading?.then((storage) => storage.close())
    },
  }
}

export function openStorage({ dir, s3 }: StorageSettings): FileStorage {
  if (s3 !== undefined) {
    return lazily(async () => (await import('./s3-storage.ts')).createS3Storage(s3))
  }
  return dir === undefined ? NO_STORAGE : createDiskStorage(dir)
}
