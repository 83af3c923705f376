import { inRoom, ofKey, ofMembers, ofModerators, ofOwner, ofUser } from './row.ts'
import type { Stage } from './stage.ts'

const inviteBy = async ({ owner, room }: Stage, draft: object) =>
  (await owner.call('POST', `/v1/rooms/${room}/invites`, draft)).body

const byCode =
  (rest: string) =>
  async (stage: Stage): Promise<{ path: string }> => ({
    path: `/v1/invites/${(await inviteBy(stage, {})).code}${rest}`,
  })

/** An invite of the one who is in another room: for others it does not exist. */
const mine = (rest: string) => async (stage: Stage) => ({
  path: `/v1/me/invites/${(await inviteBy(stage, { userId: stage.otherRoom.id })).invite.id}${rest}`,
})
const notMine = {
  banned: 'NOT_FOUND',
  formerMember: 'NOT_FOUND',
  member: 'NOT_FOUND',
  moderator: 'NOT_FOUND',
  owner: 'NOT_FOUND',
} as const

export const roomRows = {
  listRooms: ofUser('/v1/rooms'),
  createRoom: ofUser('/v1/rooms', 201, { body: { name: 'Mine', visibility: 'private' } }),
  createDm: ofUser('/v1/dms', 201, {
    body: ({ outsider }: Stage) => ({ userIds: [outsider.id] }),
  }),
  getRoom: ofMembers('/v1/rooms/:room', 200, {
    outside: {
      public: { otherRoom: 200, formerMember: 200 },
      private: { formerMember: 'NOT_FOUND' },
    },
  }),
  patchRoom: ofOwner('/v1/rooms/:room', 200, { body: { topic: 'changed' } }),
  deleteRoom: ofOwner('/v1/rooms/:room', 204),

  listMembers: ofMembers('/v1/rooms/:room/members', 200),
  getMember: ofMembers('/v1/rooms/:room/members/:target', 200),
  putMember: ofModerators('/v1/rooms/:room/members/:outsider', 200, { body: {}, alone: true }),
  patchMember: ofOwner('/v1/rooms/:room/members/:target', 200, { body: { role: 'member' } }),
  deleteMember: ofModerators('/v1/rooms/:room/members/:target', 204, { alone: true }),

  listRoles: ofUser('/v1/roles'),
  putRole: ofKey('/v1/roles/helper', 200, { body: { rank: 10, permissions: [] } }),
  deleteRole: ofKey('/v1/roles/no-such-role', 'NOT_FOUND'),

  createInvite: ofMembers('/v1/rooms/:room/invites', 201, { body: {} }),
  listInvites: ofMembers('/v1/rooms/:room/invites', 200),
  deleteInvite: inRoom(
    async (stage) => ({
      path: `/v1/rooms/${stage.room}/invites/${(await inviteBy(stage, {})).invite.id}`,
    }),
    { member: 'NOT_FOUND', moderator: 204, owner: 204 },
  ),
  getInvite: ofUser(byCode(''), 200, { but: { banned: 'BANNED' } }),
  acceptInviteCode: ofUser(byCode('/accept'), 200, { but: { banned: 'BANNED' }, alone: true }),
  listMyInvites: ofUser('/v1/me/invites'),
  acceptMyInvite: ofUser(mine('/accept'), 200, { but: notMine, alone: true }),
  declineMyInvite: ofUser(mine('/decline'), 204, { but: notMine }),
}
