import { ME_ID, ROUTES } from '@parley/message-schema'
import { idempotencyKeyOf } from '../http/idempotency-key.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { CreateDm } from '../rooms/create-dm.ts'
import type { CreateRoom } from '../rooms/create-room.ts'
import type { GetRoom } from '../rooms/get-room.ts'
import type { GetMember, ListMembers } from '../rooms/list-members.ts'
import type { ListRooms } from '../rooms/list-rooms.ts'
import type { PutMember } from '../rooms/put-member.ts'
import type { RemoveMember } from '../rooms/remove-member.ts'
import type { UpdateMember } from '../rooms/update-member.ts'
import type { DeleteRoom, UpdateRoom } from '../rooms/update-room.ts'

export interface RoomOperations {
  readonly listRooms: ListRooms
  readonly getRoom: GetRoom
  readonly createRoom: CreateRoom
  readonly createDm: CreateDm
  readonly updateRoom: UpdateRoom
  readonly deleteRoom: DeleteRoom
  readonly listMembers: ListMembers
  readonly getMember: GetMember
  readonly putMember: PutMember
  readonly updateMember: UpdateMember
  readonly removeMember: RemoveMember
}

export const createRoomRoutes = (operations: RoomOperations): BoundRoute[] => [
  route(ROUTES.listRooms, ({ identity, query: { cursor, after = cursor, ...query } }) =>
    operations.listRooms(identity.userId, { ...query, after }),
  ),
  route(ROUTES.createRoom, async ({ identity, body, request }) => ({
    room: await operations.createRoom(identity, body, idempotencyKeyOf(request)),
  })),
  route(ROUTES.createDm, async ({ identity, body }) => ({
    room: await operations.createDm(identity, body.userIds, body.name),
  })),
  route(ROUTES.getRoom, async ({ identity, params }) => ({
    room: await operations.getRoom(identity.userId, params.id),
  })),
  route(ROUTES.patchRoom, async ({ identity, params, body }) => ({
    room: await operations.updateRoom(identity.userId, params.id, body),
  })),
  route(ROUTES.deleteRoom, async ({ identity, params }) => {
    await operations.deleteRoom(identity.userId, params.id)
    return undefined
  }),
  ...createMemberRoutes(operations),
]

/** `me` is the caller. */
const whoIn = (
  caller: { readonly userId: string },
  { userId }: { readonly userId: string },
): string => (userId === ME_ID ? caller.userId : userId)

const createMemberRoutes = (operations: RoomOperations): BoundRoute[] => [
  route(ROUTES.listMembers, ({ identity, params, query }) =>
    operations.listMembers(identity.userId, params.id, query),
  ),
  route(ROUTES.getMember, async ({ identity, params }) => ({
    member: await operations.getMember(identity.userId, params.id, whoIn(identity, params)),
  })),
  route(ROUTES.putMember, async ({ identity, params, body }) => ({
    member: await operations.putMember(identity, params.id, whoIn(identity, params), body.role),
  })),
  route(ROUTES.patchMember, async ({ identity, params, body }) => ({
    member: await operations.updateMember(
      identity.userId,
      params.id,
      whoIn(identity, params),
      body.role,
    ),
  })),
  route(ROUTES.deleteMember, async ({ identity, params }) => {
    await operations.removeMember(identity.userId, params.id, whoIn(identity, params))
    return undefined
  }),
]
