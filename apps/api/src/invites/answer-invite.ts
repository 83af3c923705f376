import { ParleyError, type Invite, type InvitePreview, type Room } from '@parley/message-schema'
import type { ReadInvitePreviews } from '../db/rooms/invite-preview-store.ts'
import type { InviteStore, StoredInvite } from '../db/rooms/invite-store.ts'
import type { MemberStore, Standing } from '../db/rooms/member-store.ts'
import type { RoleStore } from '../db/rooms/role-store.ts'
import { mayInviteAs } from '../room-log/authority.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from '../rooms/get-room.ts'
import type { Grower, RoomGrowth } from '../rooms/room-growth.ts'
import { findRole } from './find-role.ts'
import type { GuessLimit } from './guess-limit.ts'
import { hashInviteCode } from './invite-code.ts'

export interface AnswerInvitePorts {
  readonly invites: Pick<InviteStore, 'findByCode' | 'findPersonal' | 'listPersonal' | 'decline'>
  readonly readPreviews: ReadInvitePreviews
  readonly members: Pick<MemberStore, 'standing'>
  readonly roles: Pick<RoleStore, 'find'>
  readonly guesses: GuessLimit
  readonly growth: Pick<RoomGrowth, 'allowJoining'>
  readonly run: RunCommand
  readonly getRoom: GetRoom
}

export interface AnswerInvite {
  readonly preview: (userId: string, code: string) => Promise<InvitePreview>
  readonly acceptCode: (caller: Grower, code: string) => Promise<Room>
  readonly listMine: (
    userId: string,
    query: { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<{ readonly invites: InvitePreview[]; readonly hasMore: boolean }>
  readonly acceptMine: (caller: Grower, id: string) => Promise<Room>
  readonly declineMine: (userId: string, id: string) => Promise<void>
}

const noInvite = (): ParleyError =>
  new ParleyError('NOT_FOUND', { message: 'There is no such invite.' })

/** As the room log will say it, for whoever only looks: nothing depends on this. */
function refuseBanned({ visibility, member, bannedUntil }: Standing): void {
  if (bannedUntil === null || member?.isActive === true) return
  throw visibility !== 'public' && member === null ? noInvite() : new ParleyError('BANNED')
}

export function createAnswerInvite(ports: AnswerInvitePorts): AnswerInvite {
  const { invites, readPreviews, members, roles, guesses, growth, run, getRoom } = ports

  async function findByCode(userId: string, code: string): Promise<StoredInvite> {
    guesses.check(userId)
    const found = await invites.findByCode(hashInviteCode(code))
    if (found !== null) return found
    guesses.miss(userId)
    throw noInvite()
  }

  /** The room log decides whether it still opens the room: it asks who made it, too. */
  async function accept(caller: Grower, { id, roomId, role }: Invite): Promise<Room> {
    const { userId } = caller
    const standing = await members.standing(roomId, userId)
    if (standing?.member?.isActive !== true) await growth.allowJoining(caller)
    const actor = { id: userId, kind: 'user' } as const
    await run({ kind: 'member:join', actor, roomId, userId, role, inviteId: id })
    return getRoom(userId, roomId)
  }

  async function isBacked({ roomId, createdBy, role: name }: Invite): Promise<boolean> {
    const [standing, role] = await Promise.all([
      members.standing(roomId, createdBy),
      findRole(roles, name),
    ])
    const maker = standing?.member
    if (maker == null || !maker.isActive || role === undefined) return false
    const powers = { rank: maker.rank, may: maker.permissions.has.bind(maker.permissions) }
    return mayInviteAs(powers, name, role)
  }

  return {
    async preview(userId, code) {
      const { invite, hasEnded } = await findByCode(userId, code)
      const standing = await members.standing(invite.roomId, userId)
      if (standing === null) throw noInvite()
      refuseBanned(standing)
      const isOpen = !hasEnded && (await isBacked(invite))
      if (!isOpen && standing.member?.isActive !== true) {
        throw new ParleyError('GONE', { message: 'This invite has ended.' })
      }
      const [preview] = await readPreviews([invite], userId)
      if (preview === undefined) throw noInvite()
      return preview
    },

    acceptCode: async (caller, code) =>
      accept(caller, (await findByCode(caller.userId, code)).invite),

    async listMine(userId, { after, limit }) {
      const found = await invites.listPersonal(userId, after, limit + 1)
      return {
        invites: await readPreviews(found.slice(0, limit), userId),
        hasMore: found.length > limit,
      }
    },

    async acceptMine(caller, id) {
      const found = await invites.findPersonal(id, caller.userId)
      if (found === null) throw noInvite()
      return accept(caller, found.invite)
    },

    async declineMine(userId, id) {
      if ((await invites.findPersonal(id, userId)) === null) throw noInvite()
      await invites.decline(id, userId, new Date())
    },
  }
}
