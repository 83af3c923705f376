import type { Attachment } from '@parley/message-schema'
import type { StoredFile } from '../db/files/file-store.ts'

export const toAttachment = (file: StoredFile): Attachment => ({
  id: file.id,
  name: file.name,
  mime: file.mime,
  bytes: file.bytes,
  ...(file.width !== null && { width: file.width }),
  ...(file.height !== null && { height: file.height }),
  ...(file.hasThumbnail && { thumbnail: true as const }),
})
