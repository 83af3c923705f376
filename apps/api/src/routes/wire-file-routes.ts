import type { ApiConfig } from '../config.ts'
import type { Pool } from '../db/connect.ts'
import { createFileStore } from '../db/files/file-store.ts'
import { createDeleteFile } from '../files/delete-file.ts'
import { createFileLinks } from '../files/file-link.ts'
import { createGetFile } from '../files/get-file.ts'
import { openStorage } from '../files/open-storage.ts'
import { createReadImage } from '../files/thumbnail.ts'
import { createUploadFile } from '../files/upload-file.ts'
import { createUploadTurns } from '../files/upload-turns.ts'
import type { BoundRoute } from '../http/route.ts'
import { createFileRoutes } from './file-routes.ts'

export function wireFileRoutes({ files, internalToken }: ApiConfig, pool: Pool): BoundRoute[] {
  const store = createFileStore(pool)
  const storage = openStorage(files.storage)
  const uploadFile = createUploadFile({
    store,
    storage,
    settings: files,
    readImage: createReadImage(),
    turns: createUploadTurns(),
  })
  return createFileRoutes({
    uploadFile,
    getFile: createGetFile(store, storage),
    deleteFile: createDeleteFile(store),
    links: createFileLinks(internalToken),
  })
}
