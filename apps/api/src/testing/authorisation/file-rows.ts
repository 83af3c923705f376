import { upload } from '../upload.ts'
import { inRoom, ofKey, ofMembers, ofOwner, ofUser, open } from './row.ts'
import type { Stage } from './stage.ts'

const BYTES = 'these are the bytes'

const sentFile = async ({ api, owner, room }: Stage): Promise<string> => {
  const { id } = await upload(api, owner, BYTES)
  await owner.send(room, 'with a file', { attachments: [id] })
  return id
}
/** Whoever does not see the message does not learn that there is a file. */
const unknown = { otherRoom: 'NOT_FOUND', banned: 'NOT_FOUND', formerMember: 'NOT_FOUND' } as const
const hidden = { outside: { public: unknown, private: unknown } }
const all = (cell: number) => ({ member: cell, moderator: cell, owner: cell })

export const fileRows = {
  uploadFile: ofUser('/v1/uploads?name=a.txt', 201, {
    body: BYTES,
    headers: { 'content-type': 'text/plain' },
  }),
  getFile: inRoom(
    async (stage) => ({ path: `/v1/files/${await sentFile(stage)}` }),
    all(200),
    hidden,
  ),
  linkFile: inRoom(
    async (stage) => ({ path: `/v1/files/${await sentFile(stage)}/link` }),
    all(200),
    hidden,
  ),
  getLinkedFile: open(async (stage) => {
    const link = await stage.owner.call('POST', `/v1/files/${await sentFile(stage)}/link`)
    const { pathname, search } = new URL(link.body.url, stage.api.url)
    return { path: pathname + search }
  }, 200),
  deleteFile: ofUser(
    async ({ api, owner }) => ({ path: `/v1/files/${(await upload(api, owner, BYTES)).id}` }),
    204,
    { but: { ...unknown, member: 'NOT_FOUND', moderator: 'NOT_FOUND' } },
  ),
  search: ofMembers('/v1/search?q=hello&roomId=:room', 200),
  exportRoom: ofOwner('/v1/rooms/:room/export', 200),
  exportRoomAsServer: ofKey('/v1/server/rooms/:room/export'),
  importRoom: ofKey('/v1/rooms/:room/import', 200, {
    body: '',
    headers: { 'content-type': 'application/x-ndjson' },
  }),
}
