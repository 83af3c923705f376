import type { ReadMoved, RoomSign, Typing } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { RoomSigns } from './room-signs.ts'

const roomId = '01900000-0000-7000-8000-000000000001'

function setUp(members = 10) {
  const typing: { users: string[]; others?: number | undefined; except: string[] }[] = []
  const own: [string, string[], number | undefined][] = []
  const reads: [string, number][] = []
  const names = ({ users }: Typing): string[] =>
    users.map(({ userId, on }) => (on ? userId : `-${userId}`))
  const signs = new RoomSigns({
    memberCount: () => members,
    hasLocalMembers: (id) => id === roomId,
    emitTyping: (fact, except) =>
      typing.push({ users: names(fact), others: fact.others, except: [...except].toSorted() }),
    emitTypingTo: (userId, fact) => own.push([userId, names(fact), fact.others]),
    emitRead: ({ userId, readSeq }: ReadMoved, except) => {
      expect([...except]).toEqual([userId])
      reads.push([userId, readSeq])
    },
  })
  const say = (userId: string, on: boolean, atMs: number): void =>
    signs.hear({ roomId, from: 'g2', typing: { userId, on } }, atMs)
  const read = (userId: string, readSeq: number, atMs: number): void =>
    signs.hear({ roomId, from: 'g2', read: { userId, readSeq } }, atMs)
  return { signs, typing, own, reads, say, read }
}

test('the first is told at once, the rest of the second together', () => {
  const { signs, typing, say } = setUp()
  say('ada', true, 0)
  say('bob', true, 100)
  say('eve', true, 200)
  say('eve', false, 300)
  signs.tick(999)
  expect(typing).toEqual([{ users: ['ada'], except: ['ada'] }])
  signs.tick(1_000)
  expect(typing.at(-1)).toEqual({ users: ['bob'], except: ['ada', 'bob'] })
  signs.tick(2_000)
  expect(typing).toHaveLength(2)
})

test('who goes on is told again; who says nothing more stops after a while', () => {
  const { signs, typing, say } = setUp()
  say('ada', true, 0)
  say('ada', true, 3_000)
  signs.tick(8_999)
  expect(typing.map(({ users }) => users)).toEqual([['ada'], ['ada']])
  signs.tick(9_000)
  expect(typing.at(-1)?.users).toEqual(['-ada'])
})

test('typists are told of each other, and not of themselves', () => {
  const { signs, own, say } = setUp()
  say('ada', true, 0)
  say('bob', true, 100)
  signs.tick(1_000)
  expect(own).toEqual([['ada', ['bob'], undefined]])
})

test('of many typists a few are named, the rest are a number that leaves oneself out', () => {
  const { signs, typing, own, say } = setUp()
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) say(`u${n}`, true, 0)
  signs.tick(1_000)
  expect(typing.at(-1)).toMatchObject({ users: ['u2', 'u3', 'u4', 'u5'], others: 3 })
  const of = new Map(own.slice(-8).map(([userId, users, others]) => [userId, { users, others }]))
  expect(of.get('u8')).toEqual({ users: ['u2', 'u3', 'u4', 'u5'], others: 2 })
  expect(of.get('u2')).toEqual({ users: ['u3', 'u4', 'u5'], others: 3 })
  say('u1', false, 1_500)
  signs.tick(2_000)
  expect(typing.at(-1)).toMatchObject({ users: ['-u1', 'u6'], others: 2 })
})

test('who leaves the room stops typing', () => {
  const { signs, typing, say } = setUp()
  say('ada', true, 0)
  signs.memberLeft(roomId, 'ada', 500)
  signs.tick(1_000)
  expect(typing.at(-1)?.users).toEqual(['-ada'])
})

test('who has sent a message stops typing', () => {
  const { signs, typing, say } = setUp()
  say('ada', true, 0)
  signs.spoke(roomId, ['ada', 'bob'], 500)
  signs.tick(1_000)
  expect(typing.map(({ users }) => users)).toEqual([['ada'], ['-ada']])
})

test('how far somebody has read is told at most once a second, and only forward', () => {
  const { signs, reads, read } = setUp()
  read('ada', 3, 0)
  for (const seq of [4, 9, 7]) read('ada', seq, 100)
  read('bob', 2, 100)
  signs.tick(999)
  expect(reads).toEqual([['ada', 3]])
  signs.tick(1_000)
  expect(reads.slice(1)).toEqual([
    ['ada', 9],
    ['bob', 2],
  ])
  read('ada', 9, 5_000)
  read('ada', 5, 5_000)
  signs.tick(9_000)
  expect(reads).toHaveLength(3)
})

test('when everybody reads at once it is told in portions', () => {
  const { signs, reads, read } = setUp(100)
  read('u0', 1, 0)
  for (let n = 1; n <= 50; n += 1) read(`u${n}`, 1, 10)
  signs.tick(1_000)
  expect(reads).toHaveLength(21)
  signs.tick(2_000)
  signs.tick(3_000)
  expect(reads).toHaveLength(51)
})

test('large rooms, and rooms that nobody here is in, are told nothing', () => {
  const large = setUp(101)
  large.say('ada', true, 0)
  large.read('ada', 1, 0)
  large.signs.tick(1_000)
  expect([...large.typing, ...large.reads]).toEqual([])

  const small = setUp()
  const elsewhere: RoomSign = {
    roomId: roomId.replace('1', '2'),
    from: 'g2',
    typing: { userId: 'ada', on: true },
  }
  small.signs.hear(elsewhere, 0)
  expect(small.typing).toEqual([])
})
