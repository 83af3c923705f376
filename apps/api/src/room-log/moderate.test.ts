import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf, ModerationAction } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { decideAll } from './batch-outcome.ts'
import { BatchState, pairKey } from './batch-state.ts'
import { FOR_EVER } from './membership.ts'

const roomId = randomUUID()
const now = new Date('2026-11-21T10:00:00.000Z')
const later = '2026-11-21T11:00:00.000Z'
const user = (id: string) => ({ id, kind: 'user' as const })
const system = { id: 'system', kind: 'system' as const }

type Role = 'admin' | 'moderator' | 'member'

/** Owned by Ada; others have the roles that they are given. */
function aRoom(roles: Record<string, Role> = {}, more: Partial<LogCommandOf<'room:create'>> = {}) {
  const state = new BatchState(now)
  const run = (command: LogCommand): { data?: object; code?: string; error?: unknown } => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    if ('data' in outcome) return { data: outcome.data }
    return { code: outcome.refusal.code, error: outcome.refusal }
  }
  run({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: [],
    ...more,
  })
  for (const [userId, role] of Object.entries(roles)) {
    run({ kind: 'member:join', actor: user('ada'), roomId, userId, role })
  }
  const act = (
    by: string,
    action: ModerationAction,
    userId: string,
    extra: { until?: string; reason?: string } = {},
  ) =>
    run({
      kind: 'moderation:act',
      actor: by === 'system' ? system : user(by),
      roomId,
      action,
      userId,
      ...extra,
    })
  const memberOf = (userId: string) => state.members.get(pairKey(roomId, userId))
  const log = () => state.newEvents.map(({ event }) => event)
  const join = (userId: string, by = userId) =>
    run({ kind: 'member:join', actor: user(by), roomId, userId, role: 'member' })
  return { state, run, act, memberOf, log, join }
}

describe('who may do it to whom', () => {
  const roles = { max: 'admin', mo: 'moderator', mia: 'moderator', mel: 'member' } as const
  test.each([
    ['ada', 'max', undefined],
    ['max', 'mo', undefined],
    ['mo', 'mel', undefined],
    ['mo', 'mia', 'FORBIDDEN'],
    ['mo', 'max', 'FORBIDDEN'],
    ['mo', 'ada', 'FORBIDDEN'],
    ['mel', 'mo', 'FORBIDDEN'],
    ['mo', 'mo', 'FORBIDDEN'],
    ['nobody', 'mel', 'NOT_MEMBER'],
    ['system', 'ada', undefined],
  ])('%s to %s: %s', (by, whom, code) => {
    for (const action of ['mute', 'ban', 'kick'] as const) {
      expect([action, aRoom(roles).act(by, action, whom).code]).toEqual([action, code])
    }
  })

  test('a room may give and take the right', () => {
    const { run, act } = aRoom({ mo: 'moderator', mel: 'member', mia: 'member' })
    const change = {
      roleOverrides: { moderator: { deny: ['moderation:ban' as const] }, member: { allow: [] } },
    }
    run({ kind: 'room:update', actor: user('ada'), roomId, change })
    expect(act('mo', 'ban', 'mel').code).toBe('FORBIDDEN')
    expect(act('mo', 'mute', 'mel').code).toBeUndefined()
  })

  test('nobody, in a conversation between people', () => {
    const { act } = aRoom({}, { roomKind: 'dm', memberIds: ['bob'], visibility: 'private' })
    expect([act('ada', 'ban', 'bob').code, act('system', 'ban', 'bob').code]).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ])
  })
})

describe('a ban', () => {
  test('is told, ends the membership in the same transaction, and is written down', () => {
    const { state, act, log, memberOf } = aRoom({ mel: 'member' })
    const before = state.rooms.get(roomId)?.memberVersion ?? 0
    const { data } = act('ada', 'ban', 'mel', { reason: 'spam' })
    expect(log().slice(-2)).toMatchObject([
      {
        ...data,
        type: 'moderation:acted',
        data: { action: 'ban', userId: 'mel', reason: 'spam' },
      },
      { type: 'member:left', data: { userId: 'mel', reason: 'banned' } },
    ])
    expect(memberOf('mel')).toMatchObject({ leftSeq: log().at(-1)?.seq, bannedUntil: FOR_EVER })
    expect(state.rooms.get(roomId)?.memberVersion).toBeGreaterThan(before)
    expect(state.changedUsers).toContain('mel')
    expect(state.newAudit.at(-1)).toMatchObject({ action: 'member:ban', targetId: 'mel' })
  })

  test('stops the very next command of the batch, and joining by oneself or by others', () => {
    const { run, act, join } = aRoom({ mel: 'member' })
    act('ada', 'ban', 'mel', { until: later })
    const send = run({
      kind: 'message:send',
      actor: user('mel'),
      roomId,
      clientMsgId: randomUUID(),
      text: 'still here',
    })
    expect(send.error).toMatchObject({ code: 'BANNED', details: { until: later } })
    expect([join('mel').code, join('mel', 'ada').code]).toEqual(['BANNED', 'BANNED'])
    expect(act('ada', 'unban', 'mel').code).toBeUndefined()
    expect(join('mel').code).toBeUndefined()
  })

  test('of who never came has no member to remove', () => {
    const { act, log, memberOf, join } = aRoom({}, { visibility: 'private' })
    act('ada', 'ban', 'eve')
    expect(log().at(-1)).toMatchObject({ type: 'moderation:acted' })
    expect(memberOf('eve')).toMatchObject({ joinedSeq: 0, leftSeq: 0 })
    // Of a private room they are told nothing.
    expect(join('eve').code).toBe('NOT_FOUND')
  })

  test('is over when its time is, by the clock of the transaction', () => {
    const { state, act, join } = aRoom({ mel: 'member' })
    act('ada', 'ban', 'mel', { until: later })
    ;(state as { now: Date }).now = new Date(later)
    expect(join('mel').code).toBeUndefined()
  })
})

describe('what changes nothing', () => {
  test('has no event: the same again, and an end of what is not', () => {
    const { act, log } = aRoom({ mel: 'member' })
    act('ada', 'mute', 'mel', { until: later })
    const { length } = log()
    expect(act('ada', 'mute', 'mel', { until: later }).data).toEqual({})
    expect(act('ada', 'unban', 'mel').data).toEqual({})
    expect(act('ada', 'unmute', 'ghost').data).toEqual({})
    expect(log()).toHaveLength(length)
    expect(act('ada', 'mute', 'mel').data).toHaveProperty('seq')
  })

  test('is refused where there is nobody, and where the end is in the past', () => {
    const { act } = aRoom({ mel: 'member' })
    expect([act('ada', 'mute', 'ghost').code, act('ada', 'kick', 'ghost').code]).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
    ])
    const until = '2020-01-01T00:00:00.000Z'
    expect(act('ada', 'ban', 'mel', { until }).code).toBe('INVALID')
  })
})

test('a kick removes, and one may come back, muted as before', () => {
  const { act, log, join, memberOf } = aRoom({ mel: 'member' })
  act('ada', 'mute', 'mel', { until: later })
  act('ada', 'kick', 'mel')
  expect(log().at(-1)).toMatchObject({ type: 'member:left', data: { reason: 'removed' } })
  expect(join('mel').code).toBeUndefined()
  expect(memberOf('mel')?.mutedUntil).toEqual(new Date(later))
})
