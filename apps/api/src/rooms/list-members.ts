import type { Member } from '@parley/message-schema'
import type { MemberStore } from '../db/member-store.ts'
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

export type ListMembers = (
  userId: string,
  roomId: string,
  query: { readonly after?: string | undefined; readonly limit: number },
) => Promise<MembersPage>

export function createListMembers(members: MemberStore): ListMembers {
  return async (userId, roomId, { after, limit }) => {
    requireActive(await requireStanding(members, roomId, userId))
    const found = await members.list(roomId, after, limit + 1)
    const data = found.slice(0, limit)
    return {
      data,
      page: {
        before: null,
        after: data.at(-1)?.userId ?? after ?? null,
        hasMoreBefore: after !== undefined,
        hasMoreAfter: found.length > limit,
      },
    }
  }
}
