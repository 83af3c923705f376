import { z } from 'zod'
import { Attachment, FileLink } from '../attachment.ts'
import { Uuid } from '../ids.ts'
import { flag } from './page.ts'
import type { RouteSpec } from './route.ts'

const fileParams = z.object({ id: Uuid })
const ofFile = z.strictObject({
  /** `1`: the small picture instead of the file. */
  thumbnail: flag.default(false),
})

export const fileRoutes = {
  uploadFile: {
    method: 'post',
    path: '/v1/uploads',
    summary:
      'Store a file, to be sent with a message: a form with one file, or the bytes themselves.',
    tag: 'files',
    auth: 'user',
    consumes: 'multipart/form-data',
    query: z.strictObject({
      /** Of bytes that come without a form. */
      name: z.string().max(1_024).optional(),
      /** `avatar`: an image that everybody who is signed in may see, as a `/v1/files/:id`. */
      purpose: z.enum(['message', 'avatar']).default('message'),
    }),
    status: 201,
    response: z.object({ file: Attachment }),
    errors: ['TOO_LARGE', 'REJECTED'],
  },
  getFile: {
    method: 'get',
    path: '/v1/files/:id',
    summary:
      'The bytes, for whoever may see a message with them. Ranges and conditions are understood.',
    tag: 'files',
    auth: 'user',
    params: fileParams,
    query: ofFile,
    status: 200,
    produces: 'application/octet-stream',
    errors: ['NOT_FOUND'],
  },
  linkFile: {
    method: 'post',
    path: '/v1/files/:id/link',
    summary: 'An address of the bytes that needs no header, mine, for 10 to 15 minutes.',
    tag: 'files',
    auth: 'user',
    params: fileParams,
    query: ofFile,
    answersSecret: true,
    status: 200,
    response: FileLink,
    errors: ['NOT_FOUND'],
  },
  getLinkedFile: {
    method: 'get',
    path: '/v1/files/:id/content',
    summary: 'The bytes behind such an address, while whoever asked for it may have them.',
    tag: 'files',
    auth: 'link',
    params: fileParams,
    query: z.strictObject({ token: z.string().max(1_024) }),
    status: 200,
    produces: 'application/octet-stream',
    errors: ['NOT_FOUND'],
  },
  deleteFile: {
    method: 'delete',
    path: '/v1/files/:id',
    summary: 'Take back a file that is in no message yet, or an avatar.',
    tag: 'files',
    auth: 'user',
    params: fileParams,
    status: 204,
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, RouteSpec>
