import { invalid, ParleyError, type Member, type MemberRole } from '@parley/message-schema'
import type { MemberListStore } from '../db/rooms/member-list-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import { requireActive, requireStanding } from './require-standing.ts'

export interface MembersPage {
  readonly data: Member[]
  readonly page: {
    readonly before: null
    readonly after: string | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

export interface ListMembersQuery {
  readonly role?: MemberRole | undefined
  readonly q?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

export type ListMembers = (
  userId: string,
  roomId: string,
  query: ListMembersQuery,
) => Promise<MembersPage>

export type GetMember = (callerId: string, roomId: string, userId: string) => Promise<Member>

type Lists = Pick<MemberListStore, 'list' | 'listOfRole' | 'findByName'>

/** Each of them is bounded, however many members there are. */
export function createListMembers(
  members: Pick<MemberStore, 'standing'>,
  lists: Lists,
): ListMembers {
  return async (userId, roomId, { role, q, after, limit }) => {
    const standing = await requireStanding(members, roomId, userId)
    requireActive(standing)
    const none = { before: null, after: null, hasMoreBefore: false, hasMoreAfter: false }
    if (q !== undefined) {
      return { data: await lists.findByName(roomId, q, standing.memberCount, limit), page: none }
    }
    const found =
      role === undefined
        ? await lists.list(roomId, after, limit + 1)
        : await lists.listOfRole(
            roomId,
            role,
            after === undefined ? undefined : readPlace(after),
            limit + 1,
          )
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    const place = role === undefined ? last?.member.userId : last?.joinedSeq.toString()
    return {
      data: shown.map(({ member }) => member),
      page: {
        before: null,
        after: place ?? after ?? null,
        hasMoreBefore: after !== undefined,
        hasMoreAfter: found.length > limit,
      },
    }
  }
}

function readPlace(after: string): number {
  if (/^\d{1,15}$/u.test(after)) return Number(after)
  throw invalid('after', 'is not a cursor of this list')
}

export function createGetMember(members: Pick<MemberStore, 'standing' | 'find'>): GetMember {
  return async (callerId, roomId, userId) => {
    requireActive(await requireStanding(members, roomId, callerId))
    const member = await members.find(roomId, userId)
    if (member !== null) return member
    throw new ParleyError('NOT_FOUND', { message: 'This person is not in the room.' })
  }
}
