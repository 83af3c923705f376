import { MemberRole } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { can, canGrant, canJoinAs, outranks } from './permissions.ts'

const roles = MemberRole.options

test('nobody makes or removes their equals, and nobody makes an owner', () => {
  for (const role of roles) {
    expect(canGrant(role, role)).toBe(false)
    expect(canGrant(role, 'owner')).toBe(false)
    expect(outranks(role, role)).toBe(false)
  }
  expect(canGrant('owner', 'admin')).toBe(true)
  expect(canGrant('admin', 'moderator')).toBe(true)
})

test('members and guests change nobody, and may come by themselves', () => {
  const changing = roles.filter((role) => can(role, 'members:add') || can(role, 'members:remove'))
  expect(changing).toEqual(['owner', 'admin', 'moderator'])
  expect(roles.filter(canJoinAs)).toEqual(['member', 'guest'])
})
