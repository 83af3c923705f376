import type { Attachment } from '@parley/message-schema'
import { laterMethods } from '../later-methods.ts'
import { loadLater } from '../load-later.ts'
import { createStore } from '../store.ts'
import type { FilesPorts } from './file-transfer.ts'
import type { Files } from './files.ts'

/** What a file needs is fetched with the first one. */
export function createFiles(ports: FilesPorts): Files {
  const load = loadLater(async () => (await import('./file-transfer.ts')).createFileTransfer(ports))
  return {
    upload(file, options = {}) {
      const progress = createStore(0)
      const ending = new AbortController()
      const { signal } = ending
      const done = new Promise<Attachment>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        load()
          .then(({ upload }) => upload({ file, options, progress: progress.set, signal }))
          .then(resolve, reject)
      })
      // Whoever cancels need not look at what becomes of it.
      done.catch(() => undefined)
      return { progress, done, cancel: () => ending.abort() }
    },
    ...laterMethods(load, ['link', 'delete']),
  }
}
