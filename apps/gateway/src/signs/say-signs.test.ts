import { randomUUID } from 'node:crypto'
import type { OwnPresence, RoomSign } from '@parley/message-schema'
import { expect, test } from 'vitest'
import type { LocalUser } from '../sessions/local-users.ts'
import { Session } from '../sessions/session.ts'
import { SaySigns } from './say-signs.ts'

const roomId = randomUUID()

function setUp(
  presence: Partial<OwnPresence> = {},
  more: { members?: number; silenced?: true } = {},
) {
  const said: Omit<RoomSign, 'from'>[] = []
  const session = new Session(
    {
      id: 'socket',
      join: () => undefined,
      leave: () => undefined,
      emit: () => undefined,
      unsentBytes: () => 0,
      close: () => undefined,
    },
    { userId: 'ada', expiresAtMs: Infinity },
  )
  session.subscriptions.set(roomId, {
    visibleFrom: 1,
    pausedAt: undefined,
    pauses: 0,
    syncs: 0,
    addedAt: undefined,
  })
  const own: OwnPresence = {
    status: 'online',
    text: null,
    version: 1,
    typing: true,
    readReceipts: true,
    ...presence,
  }
  const signs = new SaySigns({
    user: () => ({ presence: own }) as LocalUser,
    memberCount: () => more.members ?? 10,
    isSilenced: () => more.silenced ?? false,
    say: (sign) => said.push(sign),
  })
  const type = (on: boolean, atMs: number, room = roomId): void =>
    signs.setTyping(session, { roomId: room, on }, atMs)
  return { signs, session, said, type }
}

test('it may be said every three seconds; that it is over, always', () => {
  const { said, type } = setUp()
  type(true, 0)
  expect(() => type(true, 2_000)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
  type(false, 2_100)
  type(false, 2_200)
  type(true, 3_000)
  expect(said.map(({ typing }) => typing?.on)).toEqual([true, false, true])
})

test('who is not in a room cannot type there, whether there is one or not', () => {
  const { said, type } = setUp()
  for (const on of [true, false]) {
    expect(() => type(on, 0, randomUUID())).toThrow(expect.objectContaining({ code: 'NOT_MEMBER' }))
  }
  expect(said).toEqual([])
})

test('who is paused, as while a sync is answered, is said to type', () => {
  const { session, type, said } = setUp()
  session.pause(roomId, 0)
  type(true, 0)
  expect(said.map(({ typing }) => typing?.on)).toEqual([true])
})

test('who is hidden, silenced or in a crowd is not said to type', () => {
  const all = [
    setUp({ typing: false }),
    setUp({ status: 'invisible' }),
    setUp({}, { members: 101 }),
    setUp({}, { silenced: true }),
  ]
  for (const { type, said } of all) {
    type(true, 0)
    type(false, 100)
    expect(said).toEqual([])
  }
})

test('whoever disconnects does not type any more', () => {
  const { signs, session, said, type } = setUp()
  type(true, 0)
  signs.ended(session)
  signs.ended(session)
  expect(said.map(({ typing }) => typing?.on)).toEqual([true, false])
})

test('how far one has read is said in small rooms, unless one does not want it', () => {
  const shown = setUp()
  shown.signs.setRead('ada', roomId, 7)
  expect(shown.said).toEqual([{ roomId, read: { userId: 'ada', readSeq: 7 } }])
  for (const { signs, said } of [setUp({ readReceipts: false }), setUp({}, { members: 101 })]) {
    signs.setRead('ada', roomId, 7)
    expect(said).toEqual([])
  }
})
