import { randomUUID } from 'node:crypto'
import type { Actor, LogCommand, LogCommandOf, Permission } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { roleOf } from './authority.ts'
import { decideAll } from './batch-outcome.ts'
import { BatchState, pairKey, type InviteState } from './batch-state.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const otherRoom = '01900000-0000-7000-8000-000000000002'
const user = (id: string): Actor => ({ id, kind: 'user' })
const join = (userId: string, by = userId, role = 'member'): LogCommandOf<'member:join'> => ({
  kind: 'member:join',
  actor: user(by),
  roomId,
  userId,
  role,
})
const leave = (userId: string, by = userId): LogCommand => ({
  kind: 'member:leave',
  actor: user(by),
  roomId,
  userId,
})
const setRole = (by: string, userId: string, role: string): LogCommand => ({
  kind: 'member:update',
  actor: user(by),
  roomId,
  userId,
  role,
})
const act = (
  by: string,
  action: LogCommandOf<'moderation:act'>['action'],
  userId: string,
): LogCommand => ({ kind: 'moderation:act', actor: user(by), roomId, action, userId })
const change = (by: string, change: LogCommandOf<'room:update'>['change']): LogCommand => ({
  kind: 'room:update',
  actor: user(by),
  roomId,
  change,
})

function begin(visibility: 'public' | 'private' = 'public') {
  const state = new BatchState(new Date('2026-11-21T10:00:00.000Z'))
  const run = (command: LogCommand): string => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    return 'refusal' in outcome ? outcome.refusal.code : 'ok'
  }
  for (const id of [roomId, otherRoom]) {
    run({
      kind: 'room:create',
      actor: user('owner'),
      roomId: id,
      roomKind: 'room',
      name: 'a room',
      visibility,
      topic: null,
      history: 'all',
      memberIds: ['admin', 'mod', 'member', 'guest'],
    })
  }
  for (const [userId, role] of [
    ['admin', 'admin'],
    ['mod', 'moderator'],
    ['guest', 'guest'],
  ] as const) {
    expect(run(setRole('owner', userId, role))).toBe('ok')
  }
  const custom = (name: string, rank: number, ...permissions: Permission[]): void => {
    state.customRoles.set(name, { rank, permissions: new Set(permissions) })
  }
  const invite = (more: Partial<InviteState> = {}): string => {
    const id = randomUUID()
    state.invites.set(id, {
      roomId,
      userId: null,
      role: 'member',
      createdBy: 'member',
      expiresAt: null,
      maxUses: null,
      uses: 0,
      closedAt: null,
      ...more,
    })
    return id
  }
  return {
    state,
    run,
    custom,
    invite,
    roles: () =>
      Object.fromEntries(
        [...state.members]
          .filter(([key, { leftSeq }]) => key.startsWith(roomId) && leftSeq === null)
          .map(([key, { role }]) => [key.slice(37), role]),
      ),
    last: () => state.newEvents.at(-1)?.event,
  }
}

describe('succession', () => {
  test('the heir is the owner before the owner is gone', () => {
    const { run, state, roles } = begin()
    expect(run(leave('owner'))).toBe('ok')
    expect(roles()).toMatchObject({ admin: 'owner' })
    expect(state.newEvents.slice(-2).map(({ event }) => [event.type, event.actor.id])).toEqual([
      ['member:updated', 'owner'],
      ['member:left', 'owner'],
    ])
  })

  test('custom roles take their place by rank, and one that was taken away comes last', () => {
    const { run, custom, roles, state } = begin()
    custom('lead', 80)
    custom('gone', 99)
    run(setRole('owner', 'member', 'lead'))
    run(setRole('owner', 'mod', 'gone'))
    state.customRoles.delete('gone')
    for (const [leaving, heir] of [
      ['owner', 'member'],
      ['member', 'admin'],
    ] as const) {
      run(leave(leaving))
      expect(roles()[heir]).toBe('owner')
    }
    run(leave('guest'))
    run(leave('admin'))
    expect(roles()).toEqual({ mod: 'owner' })
  })

  test('a room whose owner was the last has none, and takes in members again', () => {
    const { run, roles } = begin()
    for (const id of ['guest', 'mod', 'member', 'admin', 'owner']) expect(run(leave(id))).toBe('ok')
    expect(roles()).toEqual({})
    expect(run(join('new'))).toBe('ok')
    expect(roles()).toEqual({ new: 'member' })
  })

  test('only an owner’s going makes another owner; those of other rooms are no heirs', () => {
    const { run, state, roles } = begin()
    run(leave('admin'))
    expect(roles()['owner']).toBe('owner')
    for (const id of ['mod', 'member', 'guest']) run(leave(id))
    run(leave('owner'))
    expect(roles()).toEqual({})
    expect(state.members.get(pairKey(otherRoom, 'owner'))?.role).toBe('owner')
    expect(state.members.get(pairKey(otherRoom, 'admin'))?.role).toBe('member')
  })
})

describe('granting', () => {
  test.each([
    ['owner', 'admin', 'ok'],
    ['owner', 'owner', 'FORBIDDEN'],
    ['admin', 'moderator', 'ok'],
    ['admin', 'admin', 'FORBIDDEN'],
    ['mod', 'member', 'ok'],
    ['mod', 'moderator', 'FORBIDDEN'],
    ['member', 'guest', 'FORBIDDEN'],
    ['owner', 'unknown', 'INVALID'],
    ['stranger', 'member', 'NOT_MEMBER'],
  ])('%s adds somebody as %s: %s', (by, role, outcome) => {
    expect(begin().run(join('new', by, role))).toBe(outcome)
  })

  test('by a custom role one gives no more than one has', () => {
    const { run, custom } = begin()
    custom('trapdoor', 1, 'room:delete')
    custom('pinner', 1, 'message:pin')
    expect(run(join('new', 'new', 'trapdoor'))).toBe('FORBIDDEN')
    expect(run(join('new', 'new', 'pinner'))).toBe('FORBIDDEN')
    expect(run(join('new', 'mod', 'trapdoor'))).toBe('FORBIDDEN')
    expect(run(setRole('admin', 'guest', 'trapdoor'))).toBe('FORBIDDEN')
    expect(run(setRole('member', 'member', 'trapdoor'))).toBe('FORBIDDEN')
    expect(run(join('new', 'mod', 'pinner'))).toBe('ok')
    expect(run(setRole('owner', 'guest', 'trapdoor'))).toBe('ok')
  })

  test('a right that a room has taken away is not there to be given', () => {
    const { run, custom } = begin()
    custom('pinner', 1, 'message:pin')
    run(change('owner', { roleOverrides: { moderator: { deny: ['message:pin'] } } }))
    expect(run(join('new', 'mod', 'pinner'))).toBe('FORBIDDEN')
    run(change('owner', { roleOverrides: { moderator: { deny: ['members:add'] } } }))
    expect(run(join('new', 'mod'))).toBe('FORBIDDEN')
  })
})

describe('what a room has set for a role', () => {
  const ofAdmins = { admin: { deny: ['moderation:ban' as Permission] } }
  const ofMembers = { member: { deny: ['message:react' as Permission] } }

  test('stays when somebody below it leaves it out, or takes it all away', () => {
    const { run, state } = begin()
    expect(run(change('owner', { roleOverrides: ofAdmins }))).toBe('ok')
    for (const roleOverrides of [ofMembers, {}, null]) {
      expect(run(change('admin', { roleOverrides }))).toBe('FORBIDDEN')
    }
    expect(state.rooms.get(roomId)?.roleOverrides).toEqual(ofAdmins)
    expect(run(change('admin', { roleOverrides: { ...ofAdmins, ...ofMembers } }))).toBe('ok')
    expect(state.rooms.get(roomId)?.roleOverrides).toEqual({ ...ofAdmins, ...ofMembers })
  })

  test('goes when somebody above it leaves it out', () => {
    const { run, state } = begin()
    run(change('owner', { roleOverrides: { ...ofAdmins, ...ofMembers } }))
    expect(run(change('admin', { roleOverrides: ofAdmins }))).toBe('ok')
    expect(run(change('owner', { roleOverrides: null }))).toBe('ok')
    expect(state.rooms.get(roomId)?.roleOverrides ?? {}).toEqual({})
  })
})

describe('changing roles', () => {
  test.each([
    ['owner', 'admin', 'member', 'ok'],
    ['admin', 'mod', 'member', 'ok'],
    ['admin', 'owner', 'member', 'FORBIDDEN'],
    ['admin', 'admin', 'member', 'ok'],
    ['admin', 'admin', 'owner', 'FORBIDDEN'],
    ['mod', 'guest', 'member', 'FORBIDDEN'],
    ['member', 'member', 'guest', 'ok'],
    ['owner', 'owner', 'admin', 'CONFLICT'],
    ['owner', 'stranger', 'admin', 'NOT_FOUND'],
    ['member', 'stranger', 'guest', 'FORBIDDEN'],
  ])('%s makes %s a %s: %s', (by, userId, role, outcome) => {
    expect(begin().run(setRole(by, userId, role))).toBe(outcome)
  })

  test('a transfer takes two events, and the second one of two is refused', () => {
    const { run, state, roles } = begin()
    expect(run(setRole('owner', 'guest', 'owner'))).toBe('ok')
    expect(state.newEvents.slice(-2).map(({ event }) => event.data)).toEqual([
      { userId: 'guest', role: 'owner' },
      { userId: 'owner', role: 'admin' },
    ])
    expect(run(setRole('owner', 'mod', 'owner'))).toBe('FORBIDDEN')
    expect(roles()).toMatchObject({ owner: 'admin', guest: 'owner', mod: 'moderator' })
    expect(state.newAudit.at(-1)).toMatchObject({ action: 'member:role', targetId: 'guest' })
  })
})

describe('invites', () => {
  const use = (userId: string, inviteId: string): LogCommand => ({ ...join(userId), inviteId })

  test('each opens the room to whom it is for, as often as it says', () => {
    const { run, invite, state } = begin('private')
    const two = invite({ maxUses: 2 })
    expect(['a', 'b', 'b', 'c'].map((id) => run(use(id, two)))).toEqual(['ok', 'ok', 'ok', 'GONE'])
    expect(state.invites.get(two)).toMatchObject({ uses: 2, closedAt: state.now })
    const personal = invite({ userId: 'd' })
    expect(['e', 'd'].map((id) => run(use(id, personal)))).toEqual(['NOT_FOUND', 'ok'])
    expect(run(leave('d'))).toBe('ok')
    expect(run(use('d', personal))).toBe('GONE')
    expect(run(use('f', randomUUID()))).toBe('NOT_FOUND')
    expect(run(use('f', invite({ roomId: otherRoom })))).toBe('NOT_FOUND')
    expect(run(use('f', invite({ expiresAt: state.now })))).toBe('GONE')
    expect(run(use('f', invite({ closedAt: state.now })))).toBe('GONE')
  })

  test('it is worth what its maker may do now', () => {
    const { run, invite, custom, state } = begin('private')
    const asModerator = invite({ createdBy: 'admin', role: 'moderator' })
    const asMember = invite({ createdBy: 'admin' })
    run(setRole('owner', 'admin', 'moderator'))
    expect(run(use('a', asModerator))).toBe('GONE')
    expect(run(use('a', asMember))).toBe('ok')
    run(setRole('owner', 'admin', 'guest'))
    expect(run(use('b', asMember))).toBe('GONE')
    run(change('owner', { roleOverrides: { guest: { allow: ['members:invite'] } } }))
    // A guest who may invite makes guests.
    expect(run(use('b', asMember))).toBe('GONE')
    expect(run(use('b', invite({ createdBy: 'admin', role: 'guest' })))).toBe('ok')
    custom('pinner', 10, 'message:pin')
    const asPinner = invite({ createdBy: 'owner', role: 'pinner' })
    state.customRoles.delete('pinner')
    expect(run(use('c', asPinner))).toBe('GONE')
    run(leave('admin'))
    expect(run(use('c', invite({ createdBy: 'admin', role: 'guest' })))).toBe('GONE')
  })

  test('it opens no archived room, and nothing to who is banned', () => {
    const { run, invite } = begin('private')
    const id = invite()
    run(act('owner', 'ban', 'a'))
    run(act('owner', 'ban', 'guest'))
    expect(run(use('a', id))).toBe('NOT_FOUND')
    expect(run(use('guest', id))).toBe('BANNED')
    run(change('owner', { archived: true }))
    expect(run(use('b', id))).toBe('ROOM_ARCHIVED')
  })
})

describe('coming and going', () => {
  test('a stranger learns nothing of a private room', () => {
    const { run } = begin('private')
    expect(run(join('stranger'))).toBe('NOT_FOUND')
    expect(run(leave('stranger'))).toBe('NOT_FOUND')
    expect(run(leave('member', 'stranger'))).toBe('NOT_FOUND')
    expect(run(setRole('stranger', 'member', 'guest'))).toBe('NOT_FOUND')
    run(act('owner', 'ban', 'stranger'))
    expect(run(join('stranger'))).toBe('NOT_FOUND')
    expect(run(leave('member'))).toBe('ok')
    expect(run(join('member'))).toBe('NOT_MEMBER')
    expect(run(leave('member'))).toBe('ok')
    run(act('owner', 'ban', 'member'))
    expect(run(join('member'))).toBe('BANNED')
  })

  test('of a deleted room nothing is left for anybody', () => {
    const { run } = begin()
    expect(run(change('admin', { deleted: true }))).toBe('FORBIDDEN')
    expect(run(change('owner', { deleted: true }))).toBe('ok')
    for (const command of [join('x'), leave('member'), setRole('owner', 'mod', 'guest')]) {
      expect(run(command)).toBe('NOT_FOUND')
    }
    expect(run(change('owner', { deleted: true }))).toBe('NOT_FOUND')
  })
})

/** Mulberry32: a failing seed fails again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

test('whatever is asked in whatever order: one owner, and nobody rises by themselves', () => {
  const people = ['owner', 'admin', 'mod', 'member', 'guest', 'new']
  const roleNames = ['owner', 'admin', 'moderator', 'member', 'guest', 'pinner']
  for (let seed = 1; seed <= 300; seed += 1) {
    const { run, roles, custom, state } = begin()
    custom('pinner', 60, 'message:pin')
    const random = randomOf(seed)
    const pick = <Item>(list: readonly Item[]): Item => list[random(list.length)]!
    for (let step = 0; step < 60; step += 1) {
      const [by, who] = [pick(people), pick(people)]
      const before = roles()
      const outcome = run(
        pick([
          setRole(by, who, pick(roleNames)),
          join(who, by, pick(roleNames)),
          leave(who, by),
          leave(by),
          act(by, pick(['kick', 'ban', 'unban']), who),
        ]),
      )
      const after = roles()
      const owners = Object.values(after).filter((role) => role === 'owner').length
      const hadOwner = Object.values(before).includes('owner')
      const wanted = hadOwner && Object.keys(after).length > 0 ? 1 : 0
      expect(owners, `seed ${seed}, step ${step}`).toBe(wanted)
      const room = state.rooms.get(roomId)!
      const rank = (role = 'guest'): number => roleOf(state, room, role).rank
      const risen = before[by] !== undefined && rank(after[by]) > rank(before[by])
      const wasHeir = after[by] === 'owner' && before[by] !== 'owner'
      expect(outcome === 'ok' && risen && !wasHeir, `seed ${seed}, step ${step}`).toBe(false)
    }
  }
})
