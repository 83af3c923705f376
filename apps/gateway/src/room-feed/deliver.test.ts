import type { Event, RoomEvents, UserRoom } from '@parley/message-schema'
import { createLogger } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { LocalUsers } from '../sessions/local-users.ts'
import { Session, type SessionSocket } from '../sessions/session.ts'
import { deliver } from './deliver.ts'
import { RoomFeeds } from './room-feeds.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const room: UserRoom = {
  roomId,
  head: 3,
  memberVersion: 1,
  role: 'member',
  joinedSeq: 2,
  visibleFrom: 1,
}
const said = (seq: number, by: string, clientMsgId?: string): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: by, kind: 'user' },
  msgNo: seq,
  ...(clientMsgId !== undefined && { clientMsgId }),
  data: { type: 'text', text: 'hello' },
})
const idOf = (n: number): string => `01900000-0000-7000-8000-0000000000${10 + n}`

function begin() {
  const toRoom: { fact: RoomEvents; except: readonly string[] }[] = []
  const unused = () => undefined
  const users = new LocalUsers({
    feeds: new RoomFeeds({
      deliver: unused,
      fetchAfter: () => Promise.reject(new Error('not asked')),
      memberJoined: unused,
      roomDeleted: unused,
      memberLeft: unused,
      doubtMembers: unused,
      repaired: unused,
      follow: unused,
      unfollow: unused,
      hasLocalMembers: () => true,
      windowOf: () => 0,
    }),
    fetchStates: () => Promise.reject(new Error('not asked')),
    noteEpoch: unused,
    startInRoom: () => Promise.resolve(),
    logger: createLogger('test', 'silent'),
  })
  const connect = (userId: string) => {
    const got: RoomEvents[] = []
    const socket: SessionSocket = {
      id: userId,
      join: unused,
      leave: unused,
      emit: (name, fact) => {
        if (name === 'room:events') got.push(fact as RoomEvents)
      },
      unsentBytes: () => 0,
      close: unused,
    }
    const session = new Session(socket, { userId, expiresAtMs: 0 })
    users.add(session, undefined).rooms.set(roomId, room)
    users.subscribe(session, room, 3)
    session.resume(roomId)
    return { session, got }
  }
  const tell = (...events: Event[]): void =>
    deliver(roomId, events, 9, {
      users,
      emitToRoom: (fact, except) => toRoom.push({ fact, except }),
    })
  return { users, connect, tell, toRoom }
}

test('a clientMsgId is shown to its author, on all their devices, and to nobody else', () => {
  const { connect, tell, toRoom } = begin()
  const [phone, laptop, bob] = [connect('ada'), connect('ada'), connect('bob')]
  tell(said(4, 'ada', idOf(1)), said(5, 'bob'), said(6, 'eve', idOf(2)))
  expect(toRoom).toHaveLength(1)
  expect(toRoom[0]?.except).toEqual(['ada'])
  expect(JSON.stringify(toRoom[0]?.fact)).not.toContain('clientMsgId')
  for (const { got } of [phone, laptop]) {
    expect(got).toHaveLength(1)
    expect(got[0]).toMatchObject({ roomId, head: 9 })
    expect(got[0]?.events.map(({ seq, clientMsgId }) => [seq, clientMsgId])).toEqual([
      [4, idOf(1)],
      [5, undefined],
      [6, undefined],
    ])
  }
  expect(bob.got).toEqual([])
})

test('two authors of one packet each see their own id, and both are left out of the rest', () => {
  const { connect, tell, toRoom } = begin()
  const [ada, bob] = [connect('ada'), connect('bob')]
  tell(said(4, 'ada', idOf(1)), said(5, 'bob', idOf(2)))
  expect(toRoom[0]?.except.toSorted()).toEqual(['ada', 'bob'])
  const shown = ({ got }: typeof ada) =>
    got.flatMap(({ events }) => events.map((e) => e.clientMsgId))
  expect(shown(ada)).toEqual([idOf(1), undefined])
  expect(shown(bob)).toEqual([undefined, idOf(2)])
})

test('a device of the author that is catching up is handed nothing now: it comes with the rest', () => {
  const { connect, tell } = begin()
  const [phone, laptop] = [connect('ada'), connect('ada')]
  phone.session.pause(roomId, 3)
  tell(said(4, 'ada', idOf(1)))
  expect([phone.got.length, laptop.got.length]).toEqual([0, 1])
})

test('an author who is elsewhere, or in this room no more, costs no packet of their own', () => {
  const { users, connect, tell, toRoom } = begin()
  const bob = connect('bob')
  users.leave('bob', roomId)
  tell(said(4, 'ada', idOf(1)), said(5, 'bob', idOf(2)))
  expect(toRoom[0]?.except).toEqual([])
  expect(bob.got).toEqual([])
})
