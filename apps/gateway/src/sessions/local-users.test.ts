import type { Event, RoomEvents, UserRoom, UserState } from '@parley/message-schema'
import { createLogger } from '@parley/server-kit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HeadCheck } from '../room-feed/head-check.ts'
import { RoomFeeds } from '../room-feed/room-feeds.ts'
import { RoomPacket } from '../room-feed/room-packet.ts'
import { resumeSession, startInRoom } from './catch-up.ts'
import { LocalUsers } from './local-users.ts'
import { Session, type SessionSocket } from './session.ts'
import { prepareSync } from './sync-session.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const uuid = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const [one, other] = [uuid(1), uuid(2)]
const base = { ts: '2026-11-21T10:00:00.000Z', actor: { id: 'ada', kind: 'user' as const } }

/** What a socket was handed, in words: `a 4,5` are events 4 and 5 of the first room. */
function aSocket(world: World, userId: string) {
  const rooms = new Set<string>()
  const got: string[] = []
  const ownIds: string[] = []
  const name = (roomId: string): string => (roomId === one ? 'a' : 'b')
  const socket: SessionSocket = {
    id: userId,
    join: (roomId) => rooms.add(roomId),
    leave: (roomId) => rooms.delete(roomId),
    emit: (fact, body) => {
      const { roomId = '', head, events, code } = body as Partial<RoomEvents & { code: string }>
      if (fact === 'room:events') {
        got.push(`${name(roomId)} ${events?.map(({ seq }) => seq).join()}`)
        ownIds.push(...(events ?? []).flatMap(({ clientMsgId }) => clientMsgId ?? []))
      } else if (fact === 'room:added') got.push(`added ${name(roomId)} ${head}`)
      else got.push(code === undefined ? `${fact} ${name(roomId)}` : `${fact} ${code}`)
    },
    unsentBytes: () => 0,
    close: () => undefined,
  }
  const session = new Session(socket, { userId, sessionId: `sign-in of ${userId}`, expiresAtMs: 0 })
  const seqs = (room = one): number[] =>
    got.flatMap((what) =>
      what.startsWith(`${name(room)} `) ? what.slice(2).split(',').map(Number) : [],
    )
  world.sockets.push({ session, rooms, socket })
  return { session, got, seqs, ownIds, userId }
}

/** One gateway before an API whose logs and memberships a test writes. */
class World {
  readonly logs = new Map<string, Event[]>([
    [one, []],
    [other, []],
  ])
  readonly states = new Map<string, UserState>()
  readonly sockets: { session: Session; rooms: Set<string>; socket: SessionSocket }[] = []
  readonly asked: string[][] = []
  fetches = 0
  epoch = 1
  /** Answers of the log wait for this, and may fail. */
  held: Promise<void> | undefined
  away = false
  statesHeld: Promise<void> | undefined
  /** Questions for the heads of rooms. */
  looks = 0
  headsHeld: Promise<void> | undefined
  readonly fetchAfter = async (roomId: string, after: number) => {
    this.fetches += 1
    const log = [...(this.logs.get(roomId) ?? [])]
    await this.held
    if (this.away) throw new Error('away')
    return { head: log.length, memberVersion: 1, events: log.slice(after, after + 2_000) }
  }
  readonly feeds: RoomFeeds = new RoomFeeds({
    fetchAfter: (roomId, after) => this.fetchAfter(roomId, after),
    deliver: (roomId, events, head) => {
      const packet = new RoomPacket(roomId, events, head)
      for (const { session, rooms, socket } of this.sockets) {
        if (rooms.has(roomId)) socket.emit('room:events', packet.factFor(session.userId))
      }
    },
    memberJoined: (_room, userId) => this.users.refreshSoon([userId]),
    roomDeleted: () => undefined,
    memberLeft: (roomId, userId, seq) => this.users.leave(userId, roomId, seq),
    doubtMembers: () => undefined,
    repaired: () => undefined,
    follow: () => undefined,
    unfollow: () => undefined,
    hasLocalMembers: (roomId) => this.users.hasSessionsIn(roomId),
    windowOf: () => 0,
  })
  readonly users: LocalUsers = new LocalUsers({
    feeds: this.feeds,
    fetchStates: async (asks) => {
      this.asked.push(asks.map(({ id }) => id))
      // Everybody here is a user of ours: nobody is a host's.
      const refused = asks.filter(({ host }) => host !== undefined).map(({ id }) => id)
      const admitted = asks.filter(({ id }) => !refused.includes(id))
      const users = Object.fromEntries(admitted.map(({ id }) => [id, this.stateOf(id)]))
      await this.statesHeld
      return { users, refused, epoch: this.epoch }
    },
    noteEpoch: () => undefined,
    bringUpToDate: (roomIds) => this.heads.bringUpToDate(roomIds),
    startInRoom: (session, room) => startInRoom(session, room, this.users, this.ports),
    gatherMs: 0,
    logger: createLogger('test', 'silent'),
  })
  readonly heads = new HeadCheck({
    feeds: this.feeds,
    reconcile: async ({ rooms }) => {
      this.looks += 1
      const heads = Object.keys(rooms).map((id): [string, number] => [
        id,
        this.logs.get(id)!.length,
      ])
      await this.headsHeld
      if (this.away) throw new Error('away')
      const behind = heads.filter(([id, head]) => head !== rooms[id])
      return {
        rooms: Object.fromEntries(behind.map(([id, head]) => [id, { head, memberVersion: 1 }])),
        users: [],
        epoch: this.epoch,
      }
    },
    noteEpoch: () => undefined,
    gatherMs: 0,
  })
  readonly ports = {
    feeds: this.feeds,
    users: this.users,
    fetchAfter: (roomId: string, after: number) => this.fetchAfter(roomId, after),
    epoch: () => this.epoch,
    bringUpToDate: this.heads.bringUpToDate,
  }

  /** As MySQL would say it now. */
  stateOf(userId: string): UserState {
    const state = structuredClone(this.states.get(userId)!)
    const rooms = state.rooms.map((room) => ({ ...room, head: this.logs.get(room.roomId)!.length }))
    return { ...state, rooms }
  }

  /** Commits; the gateway hears of it if `isTold`. */
  commit(
    roomId: string,
    part: Pick<Event, 'type' | 'data'> | undefined = undefined,
    isTold = true,
  ): number {
    const log = this.logs.get(roomId)!
    const content = part ?? { type: 'message:created', data: { type: 'text', text: 'x' } }
    const event = { ...base, ...content, seq: log.length + 1 } as Event
    log.push(event)
    if (isTold) this.tell(roomId, event.seq)
    return event.seq
  }
  tell(roomId: string, from: number): void {
    const events = this.logs.get(roomId)!.slice(from - 1)
    if (events.length > 0) this.feeds.offer({ roomId, fromSeq: from, memberVersion: 1, events })
  }
  say(roomId: string, times: number, isTold = true): void {
    for (let n = 0; n < times; n += 1) this.commit(roomId, undefined, isTold)
  }
  join(roomId: string, userId: string, history: 'all' | 'since-join' = 'all', isTold = true): void {
    const seq = this.logs.get(roomId)!.length + 1
    const before = this.states.get(userId) ?? { version: 0, rooms: [], revokedSessionIds: [] }
    const visibleFrom = history === 'all' ? 1 : seq
    const room: UserRoom = {
      roomId,
      head: seq,
      memberVersion: 1,
      role: 'member',
      joinedSeq: seq,
      visibleFrom,
    }
    this.states.set(userId, {
      ...before,
      version: before.version + 1,
      rooms: [...before.rooms, room],
    })
    this.commit(roomId, { type: 'member:joined', data: { userId, role: 'member' } }, isTold)
  }
  leave(roomId: string, userId: string, isTold = true): void {
    const before = this.states.get(userId)!
    const rooms = before.rooms.filter((room) => room.roomId !== roomId)
    this.states.set(userId, { ...before, version: before.version + 1, rooms })
    this.commit(roomId, { type: 'member:left', data: { userId, reason: 'left' } }, isTold)
  }
  /** A socket in all its rooms, live from their heads on. */
  async connect(userId: string) {
    const client = aSocket(this, userId)
    await this.users.refresh(this.users.add(client.session))
    client.session.isOpen = true
    const sync = await prepareSync(client.session, {}, this.ports)
    sync.answer()
    sync.goLive()
    return client
  }
}

/** A promise that is resolved by hand. */
function latch(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1)
const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)

describe('joining', () => {
  test('a living socket is told, and handed everything since the joining: each once, in order', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(other, 4)
    world.feeds.open([{ roomId: other, head: 4, memberVersion: 1 }])
    const { promise, open } = latch()
    world.statesHeld = promise
    world.join(other, 'bob')
    world.say(other, 3)
    await settle()
    expect(bob.got).toEqual([])
    open()
    await settle()
    world.say(other, 2)
    await settle()
    expect(bob.got[0]).toBe('added b 4')
    expect(bob.seqs(other)).toEqual(from(5, 10))
  })

  test('also where nobody of this gateway was before, and the log has to be asked', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(other, 4, false)
    world.join(other, 'bob', 'all', false)
    world.say(other, 3, false)
    world.users.refreshSoon(['bob'])
    await settle()
    world.say(other, 1)
    await settle()
    expect(bob.got).toEqual(['added b 4', 'b 5,6,7,8', 'b 9'])
  })

  test('every device of the user comes in, and those who come later too', async () => {
    const world = new World()
    world.join(one, 'bob')
    const devices = [await world.connect('bob'), await world.connect('bob')]
    world.say(one, 1)
    await settle()
    devices.push(await world.connect('bob'))
    world.say(one, 1)
    await settle()
    expect(devices.map(({ seqs }) => seqs())).toEqual([[2, 3], [2, 3], [3]])
  })

  test('many who come at the same time are one question', async () => {
    const world = new World()
    const people = Array.from({ length: 50 }, (_, n) => `user-${n}`)
    for (const id of people) world.join(one, id, 'all', false)
    await Promise.all([...people, ...people].map((id) => world.connect(id)))
    expect(world.asked).toHaveLength(1)
    expect(world.asked[0]?.toSorted()).toEqual(people.toSorted())
    expect(world.users.size).toBe(50)
    expect(world.users.sessionCount).toBe(100)
  })

  test('who comes soon after others waits for those who come next; who comes later waits for nobody', async () => {
    const world = new World()
    const asked: string[] = []
    const users: LocalUsers = new LocalUsers({
      feeds: world.feeds,
      fetchStates: async (asks) => {
        asked.push(asks.map(({ id }) => id).join())
        return {
          users: Object.fromEntries(asks.map(({ id }) => [id, world.stateOf(id)])),
          refused: [],
          epoch: 1,
        }
      },
      noteEpoch: () => undefined,
      bringUpToDate: async () => undefined,
      startInRoom: async () => undefined,
      gatherMs: 10,
      logger: createLogger('test', 'silent'),
    })
    for (const id of ['ada', 'bob', 'cy', 'dan']) world.join(one, id)
    const come = (id: string): void => {
      void users.refresh(users.add(aSocket(world, id).session))
    }
    come('ada')
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toEqual(['ada'])
    come('bob')
    await vi.advanceTimersByTimeAsync(5)
    come('cy')
    await vi.advanceTimersByTimeAsync(4)
    expect(asked).toEqual(['ada'])
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toEqual(['ada', 'bob,cy'])
    await vi.advanceTimersByTimeAsync(20)
    come('dan')
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toEqual(['ada', 'bob,cy', 'dan'])
  })
})

describe('leaving', () => {
  test('takes effect between the event before and the event after it', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.join(one, 'eve')
    const [bob, eve] = [await world.connect('bob'), await world.connect('eve')]
    world.say(one, 2)
    world.leave(one, 'bob')
    world.say(one, 2)
    await settle()
    expect(bob.got).toEqual(['a 3,4', 'room:removed a'])
    expect(eve.seqs()).toEqual(from(3, 7))
  })

  test('is no news to a session that was told of no rooms yet', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    const next = aSocket(world, 'bob')
    // What another device asks puts this one into the room as well, before it is open.
    await world.users.refresh(world.users.add(next.session))
    world.leave(one, 'bob')
    world.join(one, 'bob')
    await settle()
    expect(bob.got).toEqual(['room:removed a', 'added a 2', 'a 3'])
    expect(next.got).toEqual([])
    expect([...next.session.subscriptions.keys()]).toEqual([one])
  })

  test('that only the state tells of is heeded too, after what was said before', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.join(other, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 1)
    world.leave(one, 'bob', false)
    world.users.refreshSoon(['bob'])
    await settle()
    world.tell(one, 3)
    world.say(other, 1)
    await settle()
    expect(bob.got).toEqual(['a 2', 'room:removed a', 'b 2'])
  })

  test('that only the state tells of waits for what was said before, of which no news came', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    const { promise, open } = latch()
    world.held = promise
    world.say(one, 3, false)
    world.leave(one, 'bob', false)
    world.say(one, 2, false)
    world.users.refreshSoon(['bob'])
    await settle()
    expect(bob.got).toEqual([])
    open()
    await settle()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(bob.got).toEqual(['a 2,3,4', 'room:removed a'])
  })

  test.each([
    ['cannot be asked', (world: World): void => void (world.away = true)],
    ['does not answer', (world: World): void => void (world.headsHeld = new Promise(() => {}))],
  ])('is not put off for ever where the log %s', async (_how, breakLog) => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    breakLog(world)
    world.say(one, 1, false)
    world.leave(one, 'bob', false)
    world.users.refreshSoon(['bob'])
    await vi.advanceTimersByTimeAsync(4_999)
    expect(bob.got).toEqual([])
    await vi.advanceTimersByTimeAsync(2)
    expect(bob.got).toEqual(['room:removed a'])
    world.tell(one, 2)
    await settle()
    expect(bob.got).toEqual(['room:removed a'])
    const { looks } = world
    await vi.advanceTimersByTimeAsync(5_000)
    expect(world.looks).toBe(looks)
  })

  test('waits for a log that cannot be asked for a moment', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.away = true
    world.say(one, 3, false)
    world.leave(one, 'bob', false)
    world.users.refreshSoon(['bob'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(bob.got).toEqual([])
    world.away = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect(bob.got).toEqual(['a 2,3,4', 'room:removed a'])
  })

  test('that is in doubt and cannot be read again at once is found by whoever compares versions', async () => {
    const world = new World()
    world.join(other, 'bob')
    world.join(one, 'eve')
    const bob = await world.connect('bob')
    await world.connect('eve')
    const { promise, open } = latch()
    world.statesHeld = promise
    world.join(one, 'bob')
    world.users.refreshSoon(['bob'])
    await settle()
    // More than is remembered of the room, while the answer is on its way.
    world.say(one, 600)
    world.statesHeld = undefined
    open()
    await settle()
    const stateOf = world.stateOf.bind(world)
    world.stateOf = () => {
      throw new Error('away')
    }
    await vi.advanceTimersByTimeAsync(500)
    world.stateOf = stateOf
    expect(bob.session.subscriptions.has(one)).toBe(false)

    const versions = new Map(world.users.versions())
    expect(versions.get('bob')).toBeLessThan(world.states.get('bob')!.version)
    expect(versions.get('eve')).toBe(world.states.get('eve')!.version)
    world.users.refreshSoon(['bob'])
    await settle()
    expect(bob.session.subscriptions.has(one)).toBe(true)
  })

  test('of an author whom only the state tells of: what waits shows them their own id', async () => {
    const world = new World()
    world.join(one, 'ada')
    const ada = await world.connect('ada')
    const clientMsgId = uuid(3)
    const seq = world.logs.get(one)!.length + 1
    const said = { ...base, seq, type: 'message:created', msgNo: 1, clientMsgId } as const
    world.logs.get(one)!.push({ ...said, data: { type: 'text', text: 'x' } })
    // Both in one turn: the state is there before the packet is handed over by itself.
    world.tell(one, seq)
    world.leave(one, 'ada', false)
    const refreshed = world.users.refresh(world.users.get('ada')!)
    await settle()
    await refreshed
    expect(ada.got.at(-1)).toBe('room:removed a')
    expect(ada.seqs()).toContain(seq)
    expect(ada.ownIds).toEqual([clientMsgId])
  })

  test('a state that was read before does not bring anybody back', async () => {
    const world = new World()
    world.join(one, 'bob')
    const { promise, open } = latch()
    world.statesHeld = promise
    const connecting = world.connect('bob')
    world.feeds.open([{ roomId: one, head: 1, memberVersion: 1 }])
    await settle()
    world.leave(one, 'bob')
    world.say(one, 2)
    open()
    const bob = await connecting
    world.say(one, 1)
    await settle()
    expect(bob.got).toEqual([])
    expect(bob.session.subscriptions.size).toBe(0)
  })

  test('and coming back while a state is on its way gives nothing of what was said in between', async () => {
    const world = new World()
    world.join(one, 'bob', 'since-join')
    const { promise, open } = latch()
    world.statesHeld = promise
    const connecting = world.connect('bob')
    world.feeds.open([{ roomId: one, head: 1, memberVersion: 1 }])
    await settle()
    world.leave(one, 'bob')
    world.say(one, 3)
    world.join(one, 'bob', 'since-join')
    open()
    const bob = await connecting
    await settle()
    const prepared = await prepareSync(bob.session, { rooms: { [one]: 0 } }, world.ports)
    const room = prepared.answer().rooms[one]
    prepared.goLive()
    const past = room !== undefined && 'events' in room ? room.events.map(({ seq }) => seq) : []
    expect([...past, ...bob.seqs()].filter((seq) => seq < 6)).toEqual([])
    expect(bob.session.subscriptions.get(one)?.visibleFrom).toBe(6)
  })

  test('who left and came back before they connected is in the room at once, where the gateway is behind', async () => {
    const world = new World()
    world.join(one, 'eve')
    world.join(one, 'bob')
    const eve = await world.connect('eve')
    world.leave(one, 'bob', false)
    world.join(one, 'bob', 'all', false)
    world.say(one, 1, false)
    const connecting = world.connect('bob')
    await settle()
    const bob = await connecting
    world.say(one, 1)
    await settle()
    expect(bob.got).toEqual(['a 6'])
    expect(eve.seqs()).toEqual(from(3, 6))
  })

  test('states that arrive in the wrong order leave the newer one standing', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    const old = structuredClone(world.states.get('bob')!)
    world.leave(one, 'bob', false)
    world.users.refreshSoon(['bob'])
    await settle()
    world.states.set('bob', old)
    world.users.refreshSoon(['bob'])
    await settle()
    expect(bob.session.subscriptions.size).toBe(0)
    expect(bob.got).toEqual(['room:removed a'])
  })
})

describe('sessions', () => {
  test('of a sign-in that was ended are ended, the others of the user are not', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    const state = world.states.get('bob')!
    world.states.set('bob', {
      ...state,
      version: state.version + 1,
      revokedSessionIds: ['another'],
    })
    world.users.refreshSoon(['bob'])
    await settle()
    expect(bob.session.hasEnded).toBe(false)
    world.states.set('bob', {
      ...state,
      version: state.version + 2,
      revokedSessionIds: ['sign-in of bob'],
    })
    world.users.refreshSoon(['bob'])
    await settle()
    expect(bob.got).toEqual(['session:end AUTH_REVOKED'])
  })

  test('of a host whose user was signed out are ended, those of later tokens are not', async () => {
    const world = new World()
    world.join(one, 'bob')
    const [before, after] = [await world.connect('bob'), await world.connect('bob')]
    before.session.hostTokenFromMs = 1_000
    after.session.hostTokenFromMs = 2_000
    const state = world.states.get('bob')!
    const version = state.version + 1
    world.states.set('bob', { ...state, version, tokensValidAfterMs: 1_500 })
    world.users.refreshSoon(['bob'])
    await settle()
    expect(before.got).toEqual(['session:end AUTH_REVOKED'])
    expect(after.session.hasEnded).toBe(false)
  })

  test('that are gone leave nothing behind', async () => {
    const world = new World()
    world.join(one, 'bob')
    const [first, second] = [await world.connect('bob'), await world.connect('bob')]
    expect(world.users.hasSessionsIn(one)).toBe(true)
    world.users.remove(first.session)
    expect(world.users.hasSessionsIn(one)).toBe(true)
    world.say(one, 1)
    await settle()
    expect([first.seqs(), second.seqs()]).toEqual([[], [2]])
    world.users.remove(second.session)
    world.users.remove(second.session)
    expect([world.users.size, world.users.hasSessionsIn(one)]).toEqual([0, false])
    world.users.refreshSoon(['bob'])
    await settle()
    expect(world.asked.length).toBeLessThanOrEqual(2)
  })

  test('that end while their rooms are asked for come into none', async () => {
    const world = new World()
    world.join(one, 'bob')
    const { promise, open } = latch()
    world.statesHeld = promise
    const connecting = world.connect('bob')
    await settle()
    for (const { session } of world.sockets) world.users.remove(session)
    open()
    const bob = await connecting
    world.say(one, 1)
    await settle()
    expect([bob.session.subscriptions.size, bob.got]).toEqual([0, []])
    expect(world.users.hasSessionsIn(one)).toBe(false)
  })
})

describe('a pause', () => {
  test('ends with what was missed, once and in order, and live goes on behind it', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 1)
    world.feeds.get(one)?.flush()
    bob.session.pause(one, world.feeds.get(one)!.position)
    world.say(one, 700)
    await settle()
    expect(bob.got).toEqual(['a 2'])
    const { promise, open } = latch()
    world.held = promise
    const resuming = resumeSession(bob.session, [one], world.ports)
    await settle()
    world.say(one, 3)
    await settle()
    open()
    await resuming
    world.say(one, 1)
    await settle()
    expect(bob.seqs()).toEqual(from(2, 706))
  })

  test('of somebody who left meanwhile and came back hands over nothing of the time between', async () => {
    const world = new World()
    world.join(one, 'bob', 'since-join')
    const bob = await world.connect('bob')
    world.say(one, 300)
    await settle()
    bob.session.pause(one, world.feeds.get(one)!.position)
    // Too much for the ring: the log has to be asked.
    world.say(one, 700)
    await settle()
    bob.got.length = 0
    const { promise, open } = latch()
    world.held = promise
    const resuming = resumeSession(bob.session, [one], world.ports)
    await settle()
    world.leave(one, 'bob')
    const gone = world.logs.get(one)!.length
    world.say(one, 3)
    world.join(one, 'bob', 'since-join')
    await settle()
    open()
    await resuming
    await settle()
    expect(bob.seqs().filter((seq) => seq > gone && seq <= gone + 3)).toEqual([])
    expect(bob.seqs().filter((seq) => seq > gone + 3)).toEqual([gone + 4])
  })

  test('that cannot be ended ends the session: reconnecting, it syncs', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    bob.session.pause(one, 1)
    world.say(one, 2)
    world.feeds.closeAll()
    await resumeSession(bob.session, [one], world.ports)
    expect(bob.got).toEqual(['session:end SERVER_BUSY'])
  })
})

describe('a token of a host that names a user of ours', () => {
  const posing = { displayName: 'Ada' }

  test('ends its own session, though that user has a socket here', async () => {
    const world = new World()
    world.join(one, 'ada')
    const ada = await world.connect('ada')
    const mallory = aSocket(world, 'ada')
    const user = world.users.add(mallory.session)
    await world.users.refresh(user, { session: mallory.session, host: posing })
    expect(mallory.got).toEqual(['session:end AUTH_INVALID'])
    expect(ada.session.hasEnded).toBe(false)
    world.say(one, 1)
    await settle()
    expect(ada.seqs()).toHaveLength(1)
    expect(mallory.seqs()).toEqual([])
  })

  test('ends no session that is opened at the same moment', async () => {
    const world = new World()
    world.join(one, 'ada')
    const [mallory, ada] = [aSocket(world, 'ada'), aSocket(world, 'ada')]
    world.users.add(mallory.session)
    const user = world.users.add(ada.session)
    await Promise.all([
      world.users.refresh(user, { session: mallory.session, host: posing }),
      world.users.refresh(user, { session: ada.session, host: undefined }),
    ])
    expect(mallory.got).toEqual(['session:end AUTH_INVALID'])
    expect(ada.session.hasEnded).toBe(false)
    expect([...ada.session.subscriptions.keys()]).toEqual([one])
  })
})
