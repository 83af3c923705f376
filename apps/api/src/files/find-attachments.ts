import { invalid, type Attachment } from '@parley/message-schema'
import type { FileStore } from '../db/files/file-store.ts'
import { toAttachment } from './to-attachment.ts'

/**
 * The files that somebody wants to send, in their order, each once. What is not theirs does not
 * exist. From now on they are kept long enough for the message to be committed.
 */
export type FindAttachments = (ownerId: string, fileIds: readonly string[]) => Promise<Attachment[]>

export function createFindAttachments(store: Pick<FileStore, 'findOwn' | 'hold'>): FindAttachments {
  return async (ownerId, fileIds) => {
    const ids = [...new Set(fileIds)]
    if (ids.length === 0) return []
    // First they are held, so that none is removed between being found and being sent.
    await store.hold(ownerId, ids)
    const found = await store.findOwn(ownerId, ids)
    const missing = ids.find((id) => !found.has(id))
    if (missing !== undefined) {
      const path = `attachments.${fileIds.indexOf(missing)}`
      throw invalid(path, 'you have uploaded no such file')
    }
    return ids.flatMap((id) => {
      const file = found.get(id)
      return file === undefined ? [] : [toAttachment(file)]
    })
  }
}
