import type {
  Event,
  RoomEvents,
  Sync,
  SyncResult,
  UserRoom,
  UserState,
} from '@parley/message-schema'
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
  const name = (roomId: string): string => (roomId === one ? 'a' : 'b')
  const socket: SessionSocket = {
    id: userId,
    join: (roomId) => rooms.add(roomId),
    leave: (roomId) => rooms.delete(roomId),
    emit: (fact, body) => {
      const { roomId = '', head, events, code } = body as Partial<RoomEvents & { code: string }>
      if (fact === 'room:events')
        got.push(`${name(roomId)} ${events?.map(({ seq }) => seq).join()}`)
      else if (fact === 'room:added') got.push(`added ${name(roomId)} ${head}`)
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
  return { session, got, seqs, userId }
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
  /** So many events the log answers at once. */
  rangesEndAfter = 2_000
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
    return {
      head: log.length,
      memberVersion: 1,
      events: log.slice(after, after + this.rangesEndAfter),
    }
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
      const users = Object.fromEntries(asks.map(({ id }) => [id, this.stateOf(id)]))
      await this.statesHeld
      return { users, refused: [], epoch: this.epoch }
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
    part: Pick<Event, 'type' | 'data' | 'ref'> | undefined = undefined,
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

type Client = Awaited<ReturnType<World['connect']>>

/** As `dispatch` does it: the answer, then live, in one turn. What the client was handed, by room. */
async function sync(
  world: World,
  client: Client,
  request: Sync,
  meanwhile: () => unknown = () => undefined,
) {
  const preparing = prepareSync(client.session, request, world.ports)
  await meanwhile()
  const prepared = await preparing
  const answer = prepared.answer()
  prepared.goLive()
  const seqs = (room = one): number[] => {
    const part = answer.rooms[room]
    return part !== undefined && 'events' in part ? part.events.map(({ seq }) => seq) : []
  }
  return { answer, seqs }
}

describe('catching up', () => {
  test('the answer has everything after the cursor, and live goes on behind it: each once, in order', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 4)
    const bob = await world.connect('bob')
    world.say(one, 3)
    await settle()
    expect(bob.seqs()).toEqual([6, 7, 8])
    bob.got.length = 0
    const { answer, seqs } = await sync(world, bob, { rooms: { [one]: 2 } })
    world.say(one, 2)
    await settle()
    expect(answer.rooms[one]).toMatchObject({ from: 2, to: 8, head: 8 })
    expect([...seqs(), ...bob.seqs()]).toEqual(from(3, 10))
  })

  test('while the past is fetched the socket is silent, and nothing of that time is lost or doubled', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 10)
    const bob = await world.connect('bob')
    const { promise, open } = latch()
    world.held = promise
    const { seqs } = await sync(world, bob, { rooms: { [one]: 0 } }, async () => {
      await settle()
      world.say(one, 5)
      await settle()
      expect(bob.got).toEqual([])
      open()
    })
    world.say(one, 1)
    await settle()
    expect(seqs()).toEqual(from(1, 16))
    expect(bob.seqs()).toEqual([17])
  })

  test('what is still at hand is fetched from nobody', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 20)
    const { seqs } = await sync(world, bob, { rooms: { [one]: 1 } })
    expect(seqs()).toEqual(from(2, 21))
    expect(world.fetches).toBe(0)
  })

  test('what one has fetched is at hand for all who ask after them', async () => {
    const world = new World()
    for (const name of ['bob', 'eve', 'kim']) world.join(one, name)
    world.say(one, 50, false)
    const [bob, eve, kim] = [
      await world.connect('bob'),
      await world.connect('eve'),
      await world.connect('kim'),
    ]
    expect((await sync(world, bob, { rooms: { [one]: 10 } })).seqs()).toEqual(from(11, 53))
    expect(world.fetches).toBe(1)
    world.say(one, 2)
    expect((await sync(world, eve, { rooms: { [one]: 10 } })).seqs()).toEqual(from(11, 55))
    expect((await sync(world, kim, { rooms: { [one]: 30 } })).seqs()).toEqual(from(31, 55))
    expect(world.fetches).toBe(1)
    // Who is further behind has it read, and whoever comes after them is answered.
    expect((await sync(world, bob, { rooms: { [one]: 2 } })).seqs()).toEqual(from(3, 55))
    expect((await sync(world, eve, { rooms: { [one]: 5 } })).seqs()).toEqual(from(6, 55))
    expect(world.fetches).toBe(2)
  })

  test('a room that is faster than the question for its head is asked for again, and not too far', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 4)
    const bob = await world.connect('bob')
    world.say(one, 2)
    await settle()
    bob.got.length = 0
    const { promise, open } = latch()
    world.headsHeld = promise
    const { answer } = await sync(world, bob, { rooms: { [one]: 3 } }, async () => {
      await settle()
      // More than is remembered of the room.
      world.say(one, 600)
      await settle()
      world.headsHeld = undefined
      open()
    })
    expect(answer).toEqual({ rooms: {}, epoch: 1, more: true })
    await settle()
    bob.got.length = 0
    const { seqs } = await sync(world, bob, { rooms: { [one]: 3 } })
    expect(seqs()).toEqual(from(4, 607))
  })

  test('an answer of the log that is further than this gateway’s feed hands nothing over twice', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 5)
    const bob = await world.connect('bob')
    world.say(one, 3, false)
    // They were said after it was asked how far the log is.
    world.ports.bringUpToDate = async () => undefined
    const { answer, seqs } = await sync(world, bob, { rooms: { [one]: 0 } })
    expect(answer.rooms[one]).toMatchObject({ to: 6 })
    world.tell(one, 7)
    await settle()
    expect([...seqs(), ...bob.seqs()]).toEqual(from(1, 9))
  })

  test('who saw more elsewhere than this gateway has is waited for, not set back', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 4, false)
    const { answer } = await sync(world, bob, { rooms: { [one]: 4 } }, () =>
      vi.advanceTimersByTimeAsync(100),
    )
    expect(answer.rooms[one]).toMatchObject({ from: 4, to: 5, head: 5 })
  })

  test('nobody is handed what was before they may see', async () => {
    const world = new World()
    world.say(one, 5, false)
    world.join(one, 'bob', 'since-join', false)
    world.say(one, 2, false)
    const bob = await world.connect('bob')
    const { answer, seqs } = await sync(world, bob, { rooms: { [one]: 0 } })
    expect(answer.rooms[one]).toMatchObject({ from: 5, to: 8 })
    expect(seqs()).toEqual([6, 7, 8])
  })
})

describe('what happened before it was asked, and is not heard of here', () => {
  const deletion = (ref: number) => ({ type: 'message:deleted', ref, data: {} }) as const
  const words = (answer: SyncResult): (string | undefined)[] => {
    const room = answer.rooms[one]
    if (room === undefined || !('events' in room)) return []
    return room.events.flatMap(({ data }) => ('text' in data ? [data.text] : []))
  }
  const later = () => vi.advanceTimersByTimeAsync(100)

  test('a deleted message is answered without its words, though the ring has them', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    const said = world.commit(one)
    world.commit(one, deletion(said), false)
    const { answer, seqs } = await sync(world, bob, { rooms: { [one]: 1 } }, later)
    expect(seqs()).toEqual([2, 3])
    expect(words(answer)).toEqual([])
  })

  test('nor does an answer of the log that was asked for by somebody earlier bring them', async () => {
    const world = new World()
    world.join(one, 'bob')
    const said = world.commit(one)
    const bob = await world.connect('bob')
    const { promise, open } = latch()
    world.held = promise
    const { answer } = await sync(world, bob, { rooms: { [one]: 0 } }, async () => {
      await settle()
      world.commit(one, deletion(said))
      open()
    })
    expect(words(answer)).toEqual([])
  })

  test('who is out of the room is answered nothing of it', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 2)
    world.leave(one, 'bob', false)
    const { answer } = await sync(world, bob, { rooms: { [one]: 1 } }, later)
    expect(answer.rooms[one]).toEqual({ reset: true, head: 0, reason: 'not-member' })
  })

  test('however many ask, there are two questions: one under way, and one for all who came meanwhile', async () => {
    const world = new World()
    const names = Array.from({ length: 50 }, (_, n) => `member-${n}`)
    for (const name of names) world.join(one, name)
    const clients = await Promise.all(names.map((name) => world.connect(name)))
    world.say(one, 2)
    await Promise.all(clients.map((client) => sync(world, client, { rooms: { [one]: 50 } })))
    expect(world.looks).toBe(1)
    const { promise, open } = latch()
    world.headsHeld = promise
    const first = sync(world, clients[0]!, { rooms: { [one]: 50 } })
    await settle()
    const rest = clients.slice(1).map((client) => sync(world, client, { rooms: { [one]: 50 } }))
    await settle()
    open()
    for (const { seqs } of await Promise.all([first, ...rest])) expect(seqs()).toEqual([51, 52])
    expect(world.looks).toBe(3)
  })

  test('nobody asks where nothing was missed', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.away = true
    const { answer } = await sync(world, bob, { rooms: { [one]: 1 } })
    expect(answer.rooms[one]).toMatchObject({ from: 1, to: 1 })
    expect(world.looks).toBe(0)
  })

  test('where nobody can tell, nothing is answered that may be deleted', async () => {
    const world = new World()
    world.join(one, 'bob')
    const bob = await world.connect('bob')
    world.say(one, 2)
    world.away = true
    const failed = prepareSync(bob.session, { rooms: { [one]: 1 } }, world.ports)
    await expect(failed).rejects.toMatchObject({ code: 'SERVER_BUSY' })
  })
})

describe('where the events are long', () => {
  const sayLong = (world: World, roomId: string, times: number): void => {
    for (let n = 0; n < times; n += 1) {
      const data = { type: 'text', text: '😀'.repeat(20_000) }
      world.commit(roomId, { type: 'message:created', data })
    }
  }

  test('what fits into no answer is too far, and little more than that is fetched', async () => {
    const world = new World()
    world.rangesEndAfter = 20
    world.join(one, 'bob')
    sayLong(world, one, 200)
    const bob = await world.connect('bob')
    const { answer } = await sync(world, bob, { rooms: { [one]: 0 } })
    expect(answer.rooms[one]).toEqual({ reset: true, head: 201, reason: 'too-far' })
    expect(world.fetches).toBeLessThan(5)
    world.say(one, 1)
    await settle()
    expect(bob.seqs()).toEqual([202])
  })

  test('ranges that end early are put together', async () => {
    const world = new World()
    world.rangesEndAfter = 3
    world.join(one, 'bob')
    sayLong(world, one, 22)
    const bob = await world.connect('bob')
    const { answer, seqs } = await sync(world, bob, { rooms: { [one]: 0 } })
    expect(answer.rooms[one]).toMatchObject({ from: 0, to: 23 })
    expect(seqs()).toEqual(from(1, 23))
  })

  test.each([2_000, 5])(
    'rooms that do not fit together are for the next answer, and miss nothing meanwhile (%d a range)',
    async (rangesEndAfter) => {
      const world = new World()
      world.rangesEndAfter = rangesEndAfter
      for (const roomId of [one, other]) {
        world.join(roomId, 'bob')
        sayLong(world, roomId, 22)
      }
      const bob = await world.connect('bob')
      const first = await sync(world, bob, { rooms: { [one]: 0, [other]: 0 } }, () =>
        world.say(other, 1),
      )
      expect([Object.keys(first.answer.rooms), first.answer.more]).toEqual([[one], true])
      await settle()
      world.say(other, 1)
      await settle()
      expect(bob.seqs(other)).toEqual([24, 25])
      const second = await sync(world, bob, { rooms: { [other]: 0 } })
      expect(second.seqs(other)).toEqual(from(1, 25))
      expect(second.answer.more).toBeUndefined()
    },
  )

  test('a fresh session waits for them with its rooms silent', async () => {
    const world = new World()
    for (const roomId of [one, other]) {
      world.join(roomId, 'bob')
      sayLong(world, roomId, 22)
    }
    const bob = await world.connect('bob')
    bob.session.heldSinceMs = Date.now()
    for (const roomId of [one, other]) bob.session.pause(roomId, 23)
    await sync(world, bob, { rooms: { [one]: 0, [other]: 0 } })
    expect(bob.session.heldSinceMs).toBeDefined()
    world.say(other, 1)
    await settle()
    expect(bob.seqs(other)).toEqual([])
    const second = await sync(world, bob, { rooms: { [other]: 0 } })
    expect(second.seqs(other)).toEqual(from(1, 24))
    expect(bob.session.heldSinceMs).toBeUndefined()
  })
})

describe('where it cannot be continued', () => {
  test.each([
    ['the log was restored', { rooms: { [one]: 1 }, epoch: 7 }, 'epoch'],
    ['the cursor is of another time line', { rooms: { [one]: 99 } }, 'ahead'],
    ['it is too far behind', { rooms: { [one]: 0 }, limit: 3 }, 'too-far'],
  ])('%s: the answer says so and names the head', async (_, request, reason) => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 4)
    const bob = await world.connect('bob')
    const { answer } = await sync(world, bob, request)
    expect(answer.rooms[one]).toEqual({ reset: true, head: 5, reason })
    world.say(one, 1)
    await settle()
    expect(bob.seqs()).toEqual([6])
  })

  test('of a room that one is not in nothing is told, not even its head', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(other, 7)
    const bob = await world.connect('bob')
    const { answer } = await sync(world, bob, { rooms: { [other]: 3 } })
    expect(answer.rooms[other]).toEqual({ reset: true, head: 0, reason: 'not-member' })
  })

  test('what does not fit together is asked for again, whole: there are no partial answers', async () => {
    const world = new World()
    for (const roomId of [one, other]) {
      world.join(roomId, 'bob')
      world.say(roomId, 6)
    }
    const bob = await world.connect('bob')
    const request = { rooms: { [one]: 0, [other]: 0 }, limit: 10 }
    const first = await sync(world, bob, request)
    expect(first.answer).toMatchObject({ more: true })
    expect(Object.keys(first.answer.rooms)).toEqual([one])
    const rest = await sync(world, bob, { rooms: { [other]: 0 }, limit: 10 })
    expect(rest.seqs(other)).toEqual(from(1, 7))
    expect(rest.answer.more).toBeUndefined()
  })
})

describe('who leaves while it is prepared', () => {
  async function begin(history: 'all' | 'since-join' = 'all') {
    const world = new World()
    world.join(one, 'bob', history)
    world.say(one, 5)
    const bob = await world.connect('bob')
    const { promise, open } = latch()
    world.held = promise
    return { world, bob, open }
  }

  test('is handed nothing, and nothing afterwards', async () => {
    const { world, bob, open } = await begin()
    const { answer } = await sync(world, bob, { rooms: { [one]: 0 } }, async () => {
      await settle()
      world.leave(one, 'bob')
      world.say(one, 2)
      open()
    })
    expect(answer.rooms[one]).toEqual({ reset: true, head: 0, reason: 'not-member' })
    world.say(one, 1)
    await settle()
    expect(bob.got).toEqual(['room:removed a'])
  })

  test('and comes back is handed nothing of what was said while they were gone', async () => {
    const { world, bob, open } = await begin('since-join')
    const { seqs } = await sync(world, bob, { rooms: { [one]: 0 } }, async () => {
      await settle()
      world.leave(one, 'bob')
      world.say(one, 3)
      world.join(one, 'bob', 'since-join')
      await settle()
      open()
      await settle()
    })
    world.say(one, 1)
    await settle()
    const handed = [...seqs(), ...bob.seqs()]
    expect(handed.filter((seq) => seq >= 8 && seq <= 10)).toEqual([])
    expect(bob.got).toContain('added a 10')
    expect(bob.seqs()).toEqual([11, 12])
  })
})

test('who joins while their sync is prepared is handed each event since once', async () => {
  const world = new World()
  world.join(one, 'bob')
  world.say(one, 300)
  world.say(other, 300)
  const bob = await world.connect('bob')
  world.feeds.open([{ roomId: other, head: 300, memberVersion: 1 }])
  const [past, starting] = [latch(), latch()]
  world.held = past.promise
  await sync(world, bob, { rooms: { [other]: 5, [one]: 0 } }, async () => {
    await settle()
    world.held = starting.promise
    world.join(other, 'bob', 'all', false)
    world.say(other, 600, false)
    world.tell(other, 301)
    await settle()
    past.open()
    await settle()
  })
  world.say(other, 2)
  await settle()
  starting.open()
  await settle()
  world.say(other, 1)
  await settle()
  expect(bob.seqs(other)).toEqual(from(301, 904))
})

test('who was told to be in a room anew, and had asked from before that, is handed nothing twice', async () => {
  const world = new World()
  world.join(other, 'bob')
  world.say(one, 5)
  const bob = await world.connect('bob')
  world.feeds.open([{ roomId: one, head: 5, memberVersion: 1 }])
  world.join(one, 'bob')
  await settle()
  world.say(one, 2)
  await settle()
  expect(bob.got).toContain('added a 5')
  expect(bob.seqs()).toEqual([6, 7, 8])
  const { answer } = await sync(world, bob, { rooms: { [one]: 2 } })
  expect(answer.rooms[one]).toEqual({ from: 8, to: 8, head: 8, events: [] })
  world.say(one, 1)
  await settle()
  expect(bob.seqs()).toEqual([6, 7, 8, 9])
  // From where they are, as ever.
  expect((await sync(world, bob, { rooms: { [one]: 6 } })).seqs()).toEqual([7, 8, 9])
})

test('who was not in a room when they asked, and is when they are answered, is not told that they are not', async () => {
  const world = new World()
  world.join(other, 'bob')
  world.say(one, 5)
  const bob = await world.connect('bob')
  world.feeds.open([{ roomId: one, head: 5, memberVersion: 1 }])
  const past = latch()
  world.say(other, 300, false)
  world.tell(other, 2)
  world.held = past.promise
  const { answer } = await sync(world, bob, { rooms: { [one]: 2, [other]: 0 } }, async () => {
    await settle()
    world.join(one, 'bob')
    await settle()
    past.open()
    await settle()
  })
  expect(bob.seqs()).toEqual([6])
  expect(answer.rooms[one]).toEqual({ from: 6, to: 6, head: 6, events: [] })
})

test('who asks while what follows their joining is fetched is handed that by one of the two', async () => {
  const world = new World()
  world.join(one, 'bob')
  world.say(other, 300)
  const bob = await world.connect('bob')
  world.feeds.open([{ roomId: other, head: 300, memberVersion: 1 }])
  const starting = latch()
  world.held = starting.promise
  world.join(other, 'bob', 'all', false)
  world.say(other, 600, false)
  world.tell(other, 301)
  await settle()
  expect(bob.got).toContain('added b 300')
  const { seqs } = await sync(world, bob, { rooms: { [other]: 5 } }, async () => {
    await settle()
    starting.open()
    await settle()
  })
  world.say(other, 1)
  await settle()
  expect([...seqs(other), ...bob.seqs(other)]).toEqual(from(301, 902))
})

test.each(from(0, 12))(
  'who is told to be in a room in the turn in which their sync is planned, after %i other rooms, is handed each event once',
  async (others) => {
    const world = new World()
    world.join(other, 'bob')
    world.say(one, 5)
    const bob = await world.connect('bob')
    world.feeds.open([{ roomId: one, head: 5, memberVersion: 1 }])
    const states = latch()
    world.statesHeld = states.promise
    world.join(one, 'bob', 'all', false)
    world.say(one, 3, false)
    const before = from(10, 9 + others).map((n): [string, number] => [uuid(n), 0])
    const rooms = Object.fromEntries([...before, [one, 2]])
    const { seqs, answer } = await sync(world, bob, { rooms }, async () => {
      await settle()
      world.tell(one, 6)
      states.open()
      await settle()
    })
    world.say(one, 1)
    await settle()
    expect(bob.got).toContain('added a 5')
    expect(answer.rooms[one]).toHaveProperty('from')
    expect([...bob.seqs(), ...seqs()].toSorted((a, b) => a - b)).toEqual(from(6, 10))
  },
)

test('a sync that was given up, and is answered late, makes nothing live that another one has silenced', async () => {
  const world = new World()
  world.join(one, 'bob')
  world.say(one, 600)
  world.say(other, 300)
  const bob = await world.connect('bob')
  bob.session.heldSinceMs = Date.now()
  world.feeds.open([{ roomId: other, head: 300, memberVersion: 1 }])
  const [first, starting, second] = [latch(), latch(), latch()]
  world.held = first.promise
  const givenUp = prepareSync(bob.session, { rooms: { [one]: 0 } }, world.ports)
  await settle()
  world.held = starting.promise
  world.join(other, 'bob', 'all', false)
  world.say(other, 600, false)
  world.tell(other, 301)
  await settle()
  expect(bob.got).toContain('added b 300')
  world.held = second.promise
  const asked = prepareSync(bob.session, { rooms: { [other]: 5, [one]: 1 } }, world.ports)
  await settle()
  world.held = undefined
  first.open()
  const late = await givenUp
  late.answer()
  late.goLive()
  starting.open()
  await settle()
  second.open()
  const prepared = await asked
  const { rooms } = prepared.answer()
  prepared.goLive()
  world.say(other, 1)
  await settle()
  const answered = (rooms[other] as { readonly events: readonly Event[] }).events
  expect([...answered.map(({ seq }) => seq), ...bob.seqs(other)]).toEqual(from(301, 902))
})

test('who reads too slowly is answered, and handed what follows when they have read it', async () => {
  const world = new World()
  world.join(one, 'bob')
  world.say(one, 3)
  const bob = await world.connect('bob')
  bob.session.laggingSinceMs = Date.now()
  bob.session.pause(one, 4)
  const { seqs } = await sync(world, bob, { rooms: { [one]: 1 } }, () => world.say(one, 2))
  expect(seqs()).toEqual(from(2, 6))
  world.say(one, 2)
  await settle()
  expect(bob.seqs()).toEqual([])
  await resumeSession(bob.session, [one], world.ports)
  world.say(one, 1)
  await settle()
  expect(bob.seqs()).toEqual(from(7, 9))
})

describe('when the log cannot be read', () => {
  test('the caller is told to come again, and is live as before, without a gap', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.say(one, 5)
    const bob = await world.connect('bob')
    world.away = true
    const failed = prepareSync(bob.session, { rooms: { [one]: 0 } }, world.ports)
    world.say(one, 2)
    await expect(failed).rejects.toMatchObject({ code: 'SERVER_BUSY' })
    world.say(one, 1)
    await settle()
    expect(bob.seqs()).toEqual([7, 8, 9])
  })

  test('also rooms that were looked at before the one that failed are live as before', async () => {
    const world = new World()
    world.join(one, 'bob')
    world.join(other, 'bob')
    const bob = await world.connect('bob')
    world.away = true
    // The second is ahead of what this gateway has: the log has to be asked whether it is so.
    const failed = prepareSync(bob.session, { rooms: { [one]: 1, [other]: 9 } }, world.ports)
    await expect(failed).rejects.toMatchObject({ code: 'SERVER_BUSY' })
    world.away = false
    world.say(one, 2)
    await settle()
    expect(bob.seqs()).toEqual([2, 3])
  })
})

test('a fresh socket that names no rooms is told its heads and is live from them', async () => {
  const world = new World()
  world.join(one, 'bob')
  world.say(one, 3)
  const bob = await world.connect('bob')
  const { answer } = await sync(world, bob, {})
  expect(answer.rooms).toEqual({ [one]: { from: 4, to: 4, head: 4, events: [] } })
  world.say(one, 1)
  await settle()
  expect(bob.seqs()).toEqual([5])
})

test('an author finds their own clientMsgId in the past, and nobody else’s', async () => {
  const world = new World()
  world.join(one, 'bob')
  const [bobs, adas] = [uuid(50), uuid(51)]
  const message = { type: 'message:created', data: { type: 'text', text: 'x' } } as const
  world.commit(one, { ...message, clientMsgId: adas } as never)
  world.commit(one, { ...message, actor: { id: 'bob', kind: 'user' }, clientMsgId: bobs } as never)
  const bob = await world.connect('bob')
  const { answer } = await sync(world, bob, { rooms: { [one]: 0 } })
  const room = answer.rooms[one]
  const shown =
    room !== undefined && 'events' in room ? room.events.map((event) => event.clientMsgId) : []
  expect(shown).toEqual([undefined, undefined, bobs])
})
