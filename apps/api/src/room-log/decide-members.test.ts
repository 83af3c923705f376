import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf, MemberRole } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { decideAll, newsOf } from './batch-outcome.ts'
import { BatchState, pairKey } from './batch-state.ts'

const roomId = randomUUID()
const user = (id: string) => ({ id, kind: 'user' as const })
const create = (more: Partial<LogCommandOf<'room:create'>> = {}): LogCommandOf<'room:create'> => ({
  kind: 'room:create',
  roomId,
  actor: user('ada'),
  roomKind: 'room',
  name: 'a room',
  visibility: 'public',
  topic: null,
  history: 'all',
  memberIds: ['bob'],
  ...more,
})
const join = (userId: string, role: MemberRole = 'member', by = userId) => ({
  kind: 'member:join' as const,
  actor: user(by),
  roomId,
  userId,
  role,
})
const leave = (userId: string, by = userId) => ({
  kind: 'member:leave' as const,
  actor: user(by),
  roomId,
  userId,
})
const say = (by: string): LogCommandOf<'message:send'> => ({
  kind: 'message:send',
  actor: user(by),
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
})

function begin() {
  const state = new BatchState(new Date('2026-11-21T10:00:00.000Z'))
  const run = (command: LogCommand): Record<string, unknown> => {
    const [outcome] = decideAll(state, [command])
    if (outcome === undefined) throw new Error('Nothing was decided.')
    return 'data' in outcome
      ? (outcome.data as Record<string, unknown>)
      : { refused: outcome.refusal.code }
  }
  return {
    state,
    run,
    log: () => state.newEvents.map(({ event }) => event),
    room: () => state.rooms.get(roomId)!,
    member: (userId: string) => state.members.get(pairKey(roomId, userId)),
  }
}

describe('creating', () => {
  test('the log begins with what the room is, then who is in it', () => {
    const { run, log, room, member, state } = begin()
    expect(run(create({ memberIds: ['bob', 'eve'] }))).toEqual({ roomId, created: true })
    expect(log().map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'room:updated'],
      [2, 'member:joined'],
      [3, 'member:joined'],
      [4, 'member:joined'],
    ])
    expect(room()).toMatchObject({ head: 4, lastMsgNo: 0, memberCount: 3, memberVersion: 3 })
    expect(['ada', 'bob', 'eve'].map((id) => member(id)?.role)).toEqual([
      'owner',
      'member',
      'member',
    ])
    expect([...state.changedUsers].toSorted()).toEqual(['ada', 'bob', 'eve'])
  })

  test('a room that is there is given to whoever asks again, as it is', () => {
    const { run, log } = begin()
    run(create())
    expect(run(create({ name: 'another' }))).toEqual({ roomId, created: false })
    expect(log()).toHaveLength(3)
  })

  test('whoever is named twice, or is the one who asks, is one member', () => {
    const { run, room } = begin()
    run(create({ memberIds: ['bob', 'ada', 'bob'] }))
    expect(room().memberCount).toBe(2)
  })

  test('nobody owns a conversation between people', () => {
    const { run, member } = begin()
    run(create({ roomKind: 'dm', name: null, visibility: 'private' }))
    expect([member('ada')?.role, member('bob')?.role]).toEqual(['member', 'member'])
  })

  test('the same people have the same conversation, whoever asks and under whatever id', () => {
    const { run, log } = begin()
    const memberSetHash = 'ab'.repeat(32)
    run(create({ roomKind: 'dm', memberSetHash }))
    const again = create({
      roomKind: 'dm',
      roomId: randomUUID(),
      actor: user('bob'),
      memberSetHash,
    })
    expect(run(again)).toEqual({ roomId, created: false })
    expect(log()).toHaveLength(3)
    const others = create({ roomKind: 'dm', roomId: randomUUID(), memberSetHash: 'cd'.repeat(32) })
    expect(run(others)).toEqual({ roomId: others.roomId, created: true })
  })
})

describe('joining', () => {
  test('it is an event, and who joins has nothing unread', () => {
    const { run, log, room, member } = begin()
    run(create())
    run(say('ada'))
    expect(run(join('eve'))).toEqual({ seq: 5, joined: true })
    expect(log().at(-1)).toMatchObject({
      type: 'member:joined',
      data: { userId: 'eve', role: 'member' },
    })
    expect(room()).toMatchObject({ memberCount: 3, memberVersion: 3 })
    expect(member('eve')).toMatchObject({ joinedSeq: 5, visibleFrom: 1, readSeq: 5, leftSeq: null })
  })

  test('who is a member already stays as they are, and their role is not changed by it', () => {
    const { run, log, room } = begin()
    run(create())
    expect(run(join('bob', 'admin'))).toEqual({ seq: 3, joined: false })
    expect(log()).toHaveLength(3)
    expect(room()).toMatchObject({ memberCount: 2, memberVersion: 2 })
  })

  test('where history begins with the joining, what was before is not to be seen: each time anew', () => {
    const { run, member } = begin()
    run(create({ history: 'since-join' }))
    run(say('ada'))
    expect(member('bob')?.visibleFrom).toBe(1)
    run(leave('bob'))
    run(say('ada'))
    expect(run(join('bob'))).toEqual({ seq: 7, joined: true })
    expect(member('bob')).toMatchObject({ visibleFrom: 7, readSeq: 7, joinedSeq: 7, leftSeq: null })
  })

  test('a room that is not there cannot be joined or left', () => {
    const { run, log } = begin()
    expect(run(join('bob'))).toEqual({ refused: 'NOT_FOUND' })
    expect(run(leave('bob'))).toEqual({ refused: 'NOT_FOUND' })
    expect(log()).toEqual([])
  })
})

describe('leaving', () => {
  test('it is an event that says who ended it, and takes effect for the next command', () => {
    const { run, log, room, member } = begin()
    run(create({ memberIds: ['bob', 'eve'] }))
    expect(run(leave('bob'))).toEqual({ left: true })
    expect(log().at(-1)).toMatchObject({
      type: 'member:left',
      data: { userId: 'bob', reason: 'left' },
    })
    expect(run(leave('eve', 'ada'))).toEqual({ left: true })
    expect(log().at(-1)).toMatchObject({ data: { userId: 'eve', reason: 'removed' } })
    expect(room()).toMatchObject({ memberCount: 1, memberVersion: 5 })
    expect(member('bob')?.leftSeq).toBe(5)
    expect(run(say('bob'))).toEqual({ refused: 'NOT_MEMBER' })
  })

  test('leaving again, and removing who never was here, changes nothing', () => {
    const { run, log, room, state } = begin()
    run(create())
    run(leave('bob'))
    expect(run(leave('bob'))).toEqual({ left: false })
    expect(run(leave('mallory', 'ada'))).toEqual({ left: false })
    expect(log()).toHaveLength(4)
    expect(room()).toMatchObject({ memberCount: 1, memberVersion: 3 })
    expect(state.changedUsers.has('mallory')).toBe(false)
  })
})

describe('news', () => {
  test('each room has its events in one piece, with the version of its members after them', () => {
    const { run, state } = begin()
    const other = randomUUID()
    run(create())
    run(create({ roomId: other }))
    run(say('ada'))
    run({ ...say('ada'), roomId: other })
    run(leave('bob'))
    const news = newsOf(state)
    expect(news.map((one) => [one.roomId, one.fromSeq, one.memberVersion])).toEqual([
      [roomId, 1, 3],
      [other, 1, 2],
    ])
    expect(news.map(({ events }) => events.map(({ seq }) => seq))).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4],
    ])
  })

  test('a batch that changed nothing has none', () => {
    const { run, state } = begin()
    run(join('bob'))
    expect(newsOf(state)).toEqual([])
  })
})
