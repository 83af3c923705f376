import type { RoomInfo } from '@parley/client'
import type { Member, Role } from '@parley/message-schema'
import { mayIn } from './room-rights.ts'

/** What I may do about somebody in a room. */
export interface PersonActs {
  readonly mayMute: boolean
  readonly mayBan: boolean
  readonly mayKick: boolean
  /** Roles that I may give them, the highest first; empty: I may not change theirs. */
  readonly roles: readonly string[]
}

const NONE: PersonActs = { mayMute: false, mayBan: false, mayKick: false, roles: [] }

export interface ActsOn {
  readonly info: RoomInfo
  readonly myId: string
  readonly userId: string
  /** `null`: they are not in the room (any more). */
  readonly member: Pick<Member, 'role'> | null
  /** Of `GET /v1/roles`. */
  readonly roles: readonly Role[]
}

/** A role that was deleted lets one do nothing. */
const rankOf = (roles: readonly Role[], name: string): number =>
  roles.find((role) => role.name === name)?.rank ?? 0

const GIVEN_BY_RANK: ReadonlySet<string> = new Set([
  'owner',
  'admin',
  'moderator',
  'member',
  'guest',
])

function rolesFor({ info, myId, userId, member, roles }: ActsOn): readonly string[] {
  if (member === null || info.me === undefined || info.archived) return []
  const mine = rankOf(roles, info.me.role)
  const mayGive = mayIn(info, 'members:role')
  const has = new Set<string>(info.me.permissions)
  const isMe = userId === myId
  // The owner hands the room over before stepping back.
  if (isMe && info.me.role === 'owner') return []
  if (!isMe && (!mayGive || rankOf(roles, member.role) >= mine)) return []
  const given = roles.filter(({ name, rank, permissions }) => {
    if (name === 'owner') return info.me?.role === 'owner' && !isMe
    if (rank >= mine) return false
    // The rank of a role of one's own says nothing of what it may do.
    return GIVEN_BY_RANK.has(name) || permissions.every((permission) => has.has(permission))
  })
  const names = given.map(({ name }) => name)
  return names.some((name) => name !== member.role) ? names : []
}

/** One acts on people of a lower rank only, and in conversations on nobody. */
export function actsOn(on: ActsOn): PersonActs {
  const { info, myId, userId, member, roles } = on
  if (info.kind !== 'room' || info.me === undefined || roles.length === 0) return NONE
  const isBelow =
    userId !== myId && (member === null || rankOf(roles, member.role) < rankOf(roles, info.me.role))
  const may = (permission: Parameters<typeof mayIn>[1]): boolean =>
    isBelow && mayIn(info, permission)
  return {
    mayMute: member !== null && !info.archived && may('moderation:mute'),
    mayBan: !info.archived && may('moderation:ban'),
    mayKick: member !== null && may('members:remove'),
    roles: rolesFor(on),
  }
}
