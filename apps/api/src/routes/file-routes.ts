import { ROUTES } from '@parley/message-schema'
import type { DeleteFile } from '../files/delete-file.ts'
import type { FileLinks } from '../files/file-link.ts'
import { noSuchFile, type GetFile } from '../files/get-file.ts'
import type { UploadFile } from '../files/upload-file.ts'
import { cutOffBody } from '../http/cut-off.ts'
import { readUpload } from '../http/read-upload.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { sendFile } from '../http/send-file.ts'

export interface FileOperations {
  readonly uploadFile: UploadFile
  readonly getFile: GetFile
  readonly deleteFile: DeleteFile
  readonly links: FileLinks
}

export const createFileRoutes = (operations: FileOperations): BoundRoute[] => [
  route(ROUTES.uploadFile, async ({ identity, query, request, response }) => {
    cutOffBody(request, response)
    const incoming = await readUpload(request, query.name)
    return { file: await operations.uploadFile(identity.userId, query.purpose, incoming) }
  }),
  route(ROUTES.getFile, async ({ identity, params, query, request, response }) => {
    const isThumbnail = query.thumbnail
    const content = await operations.getFile(identity.userId, params.id, isThumbnail)
    await sendFile(request, response, content)
    return undefined
  }),
  route(ROUTES.linkFile, async ({ identity: { userId }, params, query }) => {
    const isThumbnail = query.thumbnail
    await operations.getFile(userId, params.id, isThumbnail)
    const file = { userId, fileId: params.id, isThumbnail }
    const { token, expiresAtMs } = operations.links.sign(file, Date.now())
    return {
      url: `/v1/files/${params.id}/content?token=${token}`,
      expiresAt: new Date(expiresAtMs).toISOString(),
    }
  }),
  route(ROUTES.getLinkedFile, async ({ params, query, request, response }) => {
    const linked = operations.links.verify(query.token, Date.now())
    if (linked?.fileId !== params.id) throw noSuchFile()
    const { userId, fileId, isThumbnail } = linked
    const content = await operations.getFile(userId, fileId, isThumbnail)
    // It is made for `<img>`, on whatever page the client lives.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin')
    await sendFile(request, response, content)
    return undefined
  }),
  route(ROUTES.deleteFile, async ({ identity, params }) => {
    await operations.deleteFile(identity.userId, params.id)
    return undefined
  }),
]
