import type { Logger } from '@parley/server-kit'
import type { DueFile, StaleFileStore } from '../db/files/stale-file-store.ts'
import { fileKey, thumbnailKey, type FileStorage } from './file-storage.ts'

export interface CollectPorts {
  readonly store: StaleFileStore
  readonly storage: FileStorage
  readonly logger: Logger
  readonly onCollected?: () => void
}

/** Resolves when there is nothing left to do now, or the signal says so. */
export type CollectFiles = (signal: AbortSignal) => Promise<void>

const AT_ONCE = 100

/**
 * Removes what nothing shows any more: files that were never sent, those whose messages are gone, and
 * what uploads that died have left. First the row is marked, then the bytes go, then the row: whoever
 * dies in between is followed by somebody who goes on.
 */
export function createCollectFiles(ports: CollectPorts): CollectFiles {
  const { store, storage, logger } = ports

  async function remove({ id, isWhole }: DueFile): Promise<void> {
    for (const key of [fileKey(id), thumbnailKey(id)]) {
      await (isWhole ? storage.remove(key) : storage.removeUnfinished(key))
    }
    await store.forget(id)
    ports.onCollected?.()
  }

  async function look(file: DueFile): Promise<void> {
    if (!(await store.mark(file))) {
      await store.keep(file)
      return
    }
    await remove(file).catch((error: unknown) => {
      // It stays marked, and is due again in a few minutes.
      logger.warn({ err: error, fileId: file.id }, 'the bytes of a file could not be removed')
    })
  }

  return async (signal) => {
    while ((await store.releaseErased(AT_ONCE)) > 0 && !signal.aborted);
    while ((await store.markErased(AT_ONCE)) > 0 && !signal.aborted);
    for (;;) {
      const due = await store.due(AT_ONCE)
      for (const file of due) {
        if (signal.aborted) return
        await look(file)
      }
      if (due.length < AT_ONCE) break
    }
    await store.forgetUsage()
  }
}
