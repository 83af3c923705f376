import { ParleyError } from '@parley/message-schema'
import type { FileStore } from '../db/files/file-store.ts'
import { noSuchFile } from './get-file.ts'

/** From now on nobody gets it; a job removes the bytes. What is in a message goes with the message. */
export type DeleteFile = (userId: string, id: string) => Promise<void>

export function createDeleteFile(store: Pick<FileStore, 'takeBack'>): DeleteFile {
  return async (userId, id) => {
    const outcome = await store.takeBack(id, userId)
    if (outcome === 'not-found') throw noSuchFile()
    if (outcome === 'attached') {
      throw new ParleyError('CONFLICT', {
        message: 'The file was sent with a message. Delete the message.',
      })
    }
  }
}
