import { PUSHER_APP } from '../test-api.ts'
import { inRoom, ofMembers, ofModerators, ofUser, open } from './row.ts'
import type { Stage } from './stage.ts'

const sendAt = new Date(Date.now() + 3_600_000).toISOString()
const THUMB = encodeURIComponent('👍')

const scheduled = async ({ owner, room }: Stage): Promise<{ path: string; body?: object }> => {
  const answer = await owner.call('POST', `/v1/rooms/${room}/scheduled`, { text: 'later', sendAt })
  return { path: `/v1/me/scheduled/${answer.body.scheduled.id}` }
}
const pinned = async ({ owner, room, seq }: Stage): Promise<{ path: string }> => {
  const path = `/v1/rooms/${room}/messages/${seq}/pin`
  await owner.call('PUT', path)
  return { path }
}
const ownersAlone = {
  otherRoom: 'NOT_FOUND',
  banned: 'NOT_FOUND',
  formerMember: 'NOT_FOUND',
  member: 'NOT_FOUND',
  moderator: 'NOT_FOUND',
} as const

export const messageRows = {
  listMessages: ofMembers('/v1/rooms/:room/messages', 200),
  postMessage: ofMembers('/v1/rooms/:room/messages', 201, { body: { text: 'hello' } }),
  getMessage: ofMembers('/v1/rooms/:room/messages/:seq', 200),
  listMessageVersions: ofMembers('/v1/rooms/:room/messages/:seq/versions', 200),
  // The owner has written it.
  patchMessage: inRoom(
    '/v1/rooms/:room/messages/:seq',
    { member: 'FORBIDDEN', moderator: 'FORBIDDEN', owner: 200 },
    { body: { text: 'changed' } },
  ),
  deleteMessage: ofModerators('/v1/rooms/:room/messages/:seq', 200, { alone: true }),
  putRead: ofMembers('/v1/rooms/:room/read', 200, { body: { upTo: 1 } }),
  listEvents: ofMembers('/v1/rooms/:room/events', 200),
  getEventsPage: ofMembers('/v1/rooms/:room/events/pages/1', 200),
  streamEvents: ofMembers('/v1/rooms/:room/stream', 200),
  linkStream: ofMembers('/v1/rooms/:room/stream/link', 200),
  getLinkedStream: open(async ({ owner, room }) => {
    const link = await owner.call('POST', `/v1/rooms/${room}/stream/link`)
    return { path: link.body.url }
  }, 200),
  postSync: ofUser('/v1/sync', 200, { body: {} }),

  putReaction: ofMembers(`/v1/rooms/:room/messages/:seq/reactions/${THUMB}`, 200),
  deleteReaction: ofMembers(`/v1/rooms/:room/messages/:seq/reactions/${THUMB}`, 200),
  listReactions: ofMembers(`/v1/rooms/:room/messages/:seq/reactions/${THUMB}`, 200),
  putPin: ofModerators('/v1/rooms/:room/messages/:seq/pin', 200),
  deletePin: ofModerators(pinned, 200),
  listPins: ofMembers('/v1/rooms/:room/pins', 200),
  listReplies: ofMembers('/v1/rooms/:room/messages/:seq/replies', 200),
  listReceipts: ofMembers('/v1/rooms/:room/receipts', 200),
  getReceipts: ofMembers('/v1/rooms/:room/messages/:seq/receipts', 200),
  getUnread: ofUser('/v1/me/unread'),

  createScheduled: ofMembers('/v1/rooms/:room/scheduled', 201, { body: { text: 'later', sendAt } }),
  listScheduled: ofUser('/v1/me/scheduled'),
  patchScheduled: ofUser(
    async (stage) => ({ ...(await scheduled(stage)), body: { sendAt } }),
    200,
    { but: ownersAlone },
  ),
  deleteScheduled: ofUser(scheduled, 204, { but: ownersAlone }),
  postEphemeral: ofModerators('/v1/rooms/:room/ephemeral', 202, {
    body: ({ target }: Stage) => ({ userId: target.id, text: 'psst' }),
  }),

  getPusherSocketId: ofUser('/v1/pusher/socket-id'),
  subscribeChannel: ofUser(`/v1/pusher/${PUSHER_APP.key}/channels/news/subscribe`, 200, {
    body: {},
  }),
}
