import type { Room } from '@parley/client'
import type { Member } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { memberRows } from './member-rows.ts'
import { readMembers, sortMembers, type MembersCursor } from './read-members.ts'

const ROLES = ['owner', 'admin', 'moderator', 'member', 'guest']

const member = (userId: string, role: string, displayName = userId): Member => ({
  userId,
  role,
  displayName,
  username: userId,
  avatarUrl: null,
  joinedAt: '2026-01-01T00:00:00.000Z',
  mutedUntil: null,
})

/** A room as the server pages through it. */
function roomOf(members: readonly Member[]) {
  const asked: { role?: string; cursor?: string; limit?: number }[] = []
  const list: Room['members']['list'] = async (query = {}) => {
    asked.push(query)
    const fit = members.filter(({ role }) => query.role === undefined || role === query.role)
    const from = Number(query.cursor ?? 0)
    const to = from + (query.limit ?? 50)
    return { members: fit.slice(from, to), cursor: to < fit.length ? String(to) : null }
  }
  return { list, asked, ports: { list, roles: ROLES, memberCount: members.length } }
}

test('members of a room that fits are in the order of their roles and names', async () => {
  const { ports, asked } = roomOf([
    member('c', 'member', 'zoë'),
    member('b', 'owner', 'Ben'),
    member('d', 'night-shift', 'Dora'),
    member('a', 'member', 'Anna'),
  ])
  const page = await readMembers(ports, null, 0)
  expect(page.items.map(({ userId }) => userId)).toEqual(['b', 'a', 'c', 'd'])
  expect(page.cursor).toBeNull()
  expect(asked).toHaveLength(1)
})

test('a large room is read role by role, and every member is met once', async () => {
  const crowd = Array.from({ length: 730 }, (_, index) => member(`m${index}`, 'member'))
  const all = [member('o', 'owner'), member('mod', 'moderator'), ...crowd, member('g', 'guest')]
  const { ports } = roomOf(all)
  const met: string[] = []
  let cursor: MembersCursor | null = null
  do {
    const page = await readMembers(ports, cursor, 0)
    met.push(...page.items.map(({ userId }) => userId))
    cursor = page.cursor
  } while (cursor !== null)
  expect(met).toEqual(all.map(({ userId }) => userId))
})

test('what is shown of a large room is read again up to a bound', async () => {
  const crowd = Array.from({ length: 5_000 }, (_, index) => member(`m${index}`, 'member'))
  const { ports, asked } = roomOf(crowd)
  const page = await readMembers(ports, null, 4_000)
  expect(page.items).toHaveLength(600)
  expect(page.cursor).toEqual({ role: 'member', after: '600' })
  expect(asked.length).toBeLessThan(12)
})

test('each role has one heading, with how many they are once that is known', () => {
  const members = sortMembers(
    [member('a', 'member'), member('o', 'owner'), member('b', 'member')],
    ROLES,
  )
  const heads = (isWhole: boolean) =>
    memberRows(members, isWhole).flatMap((row) =>
      row.kind === 'role' ? [[row.role, row.count]] : [],
    )
  expect(heads(true)).toEqual([
    ['owner', 1],
    ['member', 2],
  ])
  expect(heads(false)).toEqual([
    ['owner', 1],
    ['member', null],
  ])
  expect(memberRows([], true)).toEqual([])
})
