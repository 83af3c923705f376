import type { PrismaClient } from '@parley/database'
import { createBlockStore } from '../db/users/block-store.ts'
import type { ApiConfig } from '../config.ts'
import type { Pool } from '../db/connect.ts'
import { createIdempotencyStore } from '../db/server/idempotency-store.ts'
import { createReadInvitePreviews } from '../db/rooms/invite-preview-store.ts'
import { createInviteStore } from '../db/rooms/invite-store.ts'
import { createMemberListStore } from '../db/rooms/member-list-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createFindFull } from '../db/rooms/membership-count-store.ts'
import { createRoleStore } from '../db/rooms/role-store.ts'
import { createRoomStore } from '../db/rooms/room-store.ts'
import { createUserStore } from '../db/users/user-store.ts'
import { createMinuteLimit } from '../http/minute-limit.ts'
import type { OnLimit } from '../http/rate-limits.ts'
import type { BoundRoute } from '../http/route.ts'
import { createAnswerInvite } from '../invites/answer-invite.ts'
import { createCreateInvite } from '../invites/create-invite.ts'
import { createGuessLimit } from '../invites/guess-limit.ts'
import { createManageInvites } from '../invites/manage-invites.ts'
import { createManageRoles } from '../roles/manage-roles.ts'
import type { TellUser } from '../news/tell-user.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { createCreateDm } from '../rooms/create-dm.ts'
import { createCreateRoom } from '../rooms/create-room.ts'
import { createGetRoom } from '../rooms/get-room.ts'
import { createGetMember, createListMembers } from '../rooms/list-members.ts'
import { createListRooms } from '../rooms/list-rooms.ts'
import { createPutMember } from '../rooms/put-member.ts'
import { createRemoveMember } from '../rooms/remove-member.ts'
import { createRoomGrowth, type RoomGrowth } from '../rooms/room-growth.ts'
import { createUpdateMember } from '../rooms/update-member.ts'
import { createDeleteRoom, createUpdateRoom } from '../rooms/update-room.ts'
import { createInviteRoutes } from './invite-routes.ts'
import { createRoleRoutes } from './role-routes.ts'
import { createRoomRoutes } from './room-routes.ts'

export interface RoomAreaPorts {
  readonly config: Pick<ApiConfig, 'roomRatePerMinute' | 'memberRatePerMinute'>
  readonly onLimit: OnLimit
  readonly prisma: PrismaClient
  readonly logPool: Pool
  readonly run: RunCommand
  readonly tellUser: TellUser
}

const createGrowth = ({ config, onLimit, logPool }: RoomAreaPorts): RoomGrowth =>
  createRoomGrowth({
    rooms: createMinuteLimit({
      bucket: 'user-rooms',
      perMinute: config.roomRatePerMinute,
      onLimit,
    }),
    people: createMinuteLimit({
      bucket: 'user-members',
      perMinute: config.memberRatePerMinute,
      onLimit,
    }),
    findFull: createFindFull(logPool),
  })

/** Rooms, who is in them, what they may do, and how one comes in. */
export function createRoomArea(ports: RoomAreaPorts): BoundRoute[] {
  const { prisma, logPool, run, tellUser } = ports
  const growth = createGrowth(ports)
  const rooms = createRoomStore(logPool)
  const members = createMemberStore(logPool)
  const blocks = createBlockStore(logPool)
  const roles = createRoleStore(logPool)
  const invites = createInviteStore(logPool)
  const { missing: missingUsers } = createUserStore(prisma)
  const { claim } = createIdempotencyStore(prisma)
  const getRoom = createGetRoom(rooms, members)
  return [
    ...createRoomRoutes({
      listRooms: createListRooms(rooms),
      getRoom,
      createRoom: createCreateRoom({ run, claim, missingUsers, blocks, growth, getRoom }),
      createDm: createCreateDm({ run, missingUsers, blocks, rooms, members, growth, getRoom }),
      updateRoom: createUpdateRoom(run, getRoom),
      deleteRoom: createDeleteRoom(run),
      listMembers: createListMembers(members, createMemberListStore(logPool)),
      getMember: createGetMember(members),
      putMember: createPutMember({ members, missingUsers, blocks, growth, run }),
      updateMember: createUpdateMember(run, members),
      removeMember: createRemoveMember(run, missingUsers),
    }),
    ...createRoleRoutes(createManageRoles(roles)),
    ...createInviteRoutes({
      create: createCreateInvite({
        members,
        missingUsers,
        blocks,
        roles,
        add: invites.add,
        tellInvited: (userId, fact) => tellUser(userId, 'room:invited', fact),
      }),
      manage: createManageInvites({ members, invites }),
      answer: createAnswerInvite({
        invites,
        readPreviews: createReadInvitePreviews(logPool),
        members,
        roles,
        guesses: createGuessLimit(),
        growth,
        run,
        getRoom,
      }),
    }),
  ]
}
