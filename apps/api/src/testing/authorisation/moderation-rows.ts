import { randomUUID } from 'node:crypto'
import { inRoom, ofKey, ofMembers, ofModerators, ofOperator, ofUser } from './row.ts'
import type { Stage } from './stage.ts'

const ID = randomUUID()

/** Of somebody who is none of the callers: nobody reports or judges what they have said themselves. */
const said = async ({ target, room }: Stage) => ({
  roomId: room,
  seq: await target.send(room, 'hello'),
  reason: 'spam',
})

const report = async (stage: Stage): Promise<string> =>
  (await stage.member.call('POST', '/v1/reports', await said(stage))).body.report.id as string

/** Who may not know of the report is not told that there is one. */
const unknown = { otherRoom: 'NOT_FOUND', banned: 'NOT_FOUND', formerMember: 'NOT_FOUND' } as const

export const moderationRows = {
  listBans: ofModerators('/v1/rooms/:room/bans', 200),
  putBan: ofModerators('/v1/rooms/:room/bans/:target', 200, { body: {}, alone: true }),
  deleteBan: ofModerators('/v1/rooms/:room/bans/:target', 200),
  listMutes: ofModerators('/v1/rooms/:room/mutes', 200),
  putMute: ofModerators('/v1/rooms/:room/mutes/:target', 200, { body: {} }),
  deleteMute: ofModerators('/v1/rooms/:room/mutes/:target', 200),
  createKick: ofModerators('/v1/rooms/:room/kicks', 200, {
    body: ({ target }: Stage) => ({ userId: target.id }),
    alone: true,
  }),
  listRoomAudit: ofModerators('/v1/rooms/:room/audit', 200),
  createReport: ofMembers(async (stage) => ({ path: '/v1/reports', body: await said(stage) }), 201),
  listQueue: ofModerators('/v1/moderation/queue?roomId=:room', 200),
  settleReport: inRoom(
    async (stage) => ({
      path: `/v1/reports/${await report(stage)}/settle`,
      body: { action: 'dismiss' },
    }),
    { member: 'FORBIDDEN', moderator: 200, owner: 200 },
    { outside: { public: unknown, private: unknown }, alone: true },
  ),
  createServerAct: ofKey('/v1/server/moderation/acts', 200, {
    body: ({ room, target }: Stage) => ({ roomId: room, userId: target.id, action: 'mute' }),
  }),
  listServerQueue: ofOperator('/v1/server/moderation/queue'),
  settleServerReport: ofOperator(`/v1/server/reports/${ID}/settle`, 'NOT_FOUND', {
    body: { action: 'dismiss' },
  }),
  listBlockedWords: ofKey('/v1/moderation/words'),
  createBlockedWords: ofKey('/v1/moderation/words', 201, { body: { words: [{ word: 'darn' }] } }),
  getBlockedWord: ofKey(`/v1/moderation/words/${ID}`, 'NOT_FOUND'),
  patchBlockedWord: ofKey(`/v1/moderation/words/${ID}`, 'NOT_FOUND', { body: { word: 'heck' } }),
  deleteBlockedWord: ofKey(`/v1/moderation/words/${ID}`, 'NOT_FOUND'),
  listMessageTypes: ofUser('/v1/message-types'),
  getMessageType: ofKey('/v1/message-types/no-such-type', 'NOT_FOUND'),
  putMessageType: ofKey('/v1/message-types/card', 200, { body: { schema: { type: 'object' } } }),
  deleteMessageType: ofKey('/v1/message-types/no-such-type', 'NOT_FOUND'),
}
