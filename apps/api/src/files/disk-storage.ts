import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MissingBytesError, type FileStorage } from './file-storage.ts'

const KEY = /^[0-9a-f-]{36}(-thumbnail)?$/u

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Without this a name that was just given may be gone after a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * A folder on a disk that all replicas share. Bytes are written beside their place and moved into it
 * when all of them are on the disk, so a reader finds a whole file or none.
 */
export function createDiskStorage(root: string): FileStorage {
  const check = (key: string): string => {
    if (!KEY.test(key)) throw new Error('That is no key of a file.')
    return key
  }
  const incoming = (key: string): string => join(root, 'incoming', check(key))
  // The end of an id is random where its beginning is the time: folders fill evenly.
  const place = (key: string): string =>
    join(root, check(key).slice(34, 36), key.slice(32, 34), key)
  const remove = (path: string): Promise<void> => rm(path, { force: true })

  return {
    async write(key, source) {
      const from = incoming(key)
      const to = place(key)
      await mkdir(dirname(from), { recursive: true, mode: 0o700 })
      try {
        const file = createWriteStream(from, { flags: 'wx', mode: 0o600, flush: true })
        await pipeline(Readable.from(source, { objectMode: false }), file)
        await mkdir(dirname(to), { recursive: true, mode: 0o700 })
        await rename(from, to)
        await syncFolder(dirname(to))
      } catch (error) {
        await remove(from)
        throw error
      }
    },

    async open(key, range) {
      const handle = await open(place(key), 'r').catch((cause: unknown) => {
        throw isMissing(cause) ? new MissingBytesError('There are no such bytes.') : cause
      })
      return handle.createReadStream({ ...range })
    },

    remove: (key) => remove(place(key)),

    async removeUnfinished(key) {
      await remove(incoming(key))
      await remove(place(key))
    },

    close() {},
  }
}
