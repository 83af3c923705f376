import type { RoomInfo } from '@parley/client'
import type { Role } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { actsOn } from './person-acts.ts'
import type { Permission } from './room-rights.ts'

const role = (name: string, rank: number, permissions: Permission[] = []): Role => ({
  name,
  rank,
  permissions,
  builtIn: true,
})
const ROLES = [
  role('owner', 100),
  role('admin', 75),
  role('helper', 60, ['room:export']),
  role('moderator', 50),
  role('member', 25),
  role('guest', 0),
]
const MODERATES: Permission[] = ['moderation:mute', 'moderation:ban', 'members:remove']

/** What somebody of one role may do about somebody of another. */
function acts(
  mine: string,
  theirs: string | null,
  permissions: Permission[],
  more: Partial<RoomInfo> & { userId?: string } = {},
) {
  const { userId = 'them', ...room } = more
  const info = {
    kind: 'room',
    archived: false,
    me: { role: mine, permissions },
    ...room,
  } as RoomInfo
  const member = theirs === null ? null : { role: theirs }
  return actsOn({ info, myId: 'me', userId, member, roles: ROLES })
}

test('one acts on people of a lower rank only', () => {
  const all = { mayMute: true, mayBan: true, mayKick: true }
  expect(acts('moderator', 'member', MODERATES)).toMatchObject(all)
  const none = { mayMute: false, mayBan: false, mayKick: false, roles: [] }
  expect(acts('moderator', 'moderator', MODERATES)).toEqual(none)
  expect(acts('moderator', 'admin', MODERATES)).toEqual(none)
  expect(acts('member', 'guest', [])).toEqual(none)
  expect(acts('owner', 'owner', MODERATES, { userId: 'me' })).toEqual(none)
})

test('who is out can be banned, not muted or removed', () => {
  expect(acts('moderator', null, MODERATES)).toEqual({
    mayMute: false,
    mayBan: true,
    mayKick: false,
    roles: [],
  })
})

test('roles are given below one’s own, those of a backend only with all they may do', () => {
  const rights: Permission[] = ['members:role']
  expect(acts('admin', 'member', rights).roles).toEqual(['moderator', 'member', 'guest'])
  expect(acts('admin', 'member', [...rights, 'room:export']).roles).toContain('helper')
  expect(acts('admin', 'admin', rights).roles).toEqual([])
  expect(acts('moderator', 'member', []).roles).toEqual([])
})

test('only the owner hands the room over, and nobody gives it to themselves', () => {
  expect(acts('owner', 'admin', ['members:role']).roles[0]).toBe('owner')
  expect(acts('admin', 'member', ['members:role']).roles).not.toContain('owner')
  expect(acts('owner', 'owner', ['members:role'], { userId: 'me' }).roles).toEqual([])
})

test('everybody may give up rights of their own', () => {
  expect(acts('moderator', 'moderator', [], { userId: 'me' }).roles).toEqual(['member', 'guest'])
  expect(acts('guest', 'guest', [], { userId: 'me' }).roles).toEqual([])
})

test('nobody moderates a conversation, and in an archived room people are only removed', () => {
  expect(acts('member', 'member', MODERATES, { kind: 'dm' })).toMatchObject({ mayBan: false })
  expect(acts('owner', 'member', [...MODERATES, 'members:role'], { archived: true })).toEqual({
    mayMute: false,
    mayBan: false,
    mayKick: true,
    roles: [],
  })
})
