import type { Event, ResetReason } from '@parley/message-schema'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ModelConnection, type Faults } from '../testing/model-connection.ts'
import { ModelServer } from '../testing/model-server.ts'
import { createLogFollower, type LogFollower } from './create-log-follower.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const IN_ORDER: Faults = { drop: 0, double: 0, delayMs: 0 }

function start({ rooms = ['a', 'b'], faults = IN_ORDER } = {}) {
  const server = new ModelServer()
  for (const id of rooms) server.create(id, 'ada')
  const connection = new ModelConnection(server, 'ada', faults, () => 0.5)
  const asked: string[] = []
  const { call } = connection
  const follower = createLogFollower({
    connection,
    random: () => 0.5,
    call: ((route: string, input: never) => {
      asked.push(route)
      return (call as (route: string, input: never) => Promise<unknown>)(route, input)
    }) as typeof call,
  })
  const live = (roomId: string, seqs: readonly number[]) => {
    const log = server.rooms.get(roomId)?.log ?? []
    const events = seqs.map((seq) => log[seq - 1] as Event)
    connection.tell('room:events', { roomId, head: log.length, events })
  }
  return {
    server,
    connection,
    follower,
    live,
    asked,
    settle: (ms = 20) => vi.advanceTimersByTimeAsync(ms),
  }
}

type Heard = number | readonly [head: number, reason: ResetReason]

function listen(follower: LogFollower, roomId: string): Heard[] {
  const heard: Heard[] = []
  follower.get(roomId).follow({
    events: (events) => heard.push(...events.map(({ seq }) => seq)),
    reset: (head, reason) => heard.push([head, reason]),
  })
  return heard
}

const say = (server: ModelServer, roomId: string, times = 1) => {
  for (let n = 0; n < times; n += 1) server.send(roomId, 'bob', { type: 'text', text: 'hi' })
}

test('a first session follows my rooms from their heads', async () => {
  const { server, connection, follower, settle, asked } = start()
  const heard = listen(follower, 'a')
  expect(follower.get('a').position).toBe(null)
  connection.open()
  await settle()
  expect(connection.state.current.status).toBe('live')
  expect(follower.get('a').position).toBe(server.head('a'))
  expect(follower.get('a')).toBe(follower.get('a'))
  expect(heard).toEqual([[2, 'too-far']])
  expect(asked).toEqual(['GET /v1/rooms', 'GET /v1/rooms'])
})

test('a gap is asked for once, and what waited behind it comes after it', async () => {
  const { server, connection, follower, live, settle } = start()
  connection.open()
  await settle()
  const heard = listen(follower, 'a')
  const sync = vi.spyOn(server, 'sync')
  say(server, 'a', 4)
  live('a', [5, 6])
  live('a', [5])
  await settle()
  expect(heard).toEqual([3, 4, 5, 6])
  expect(sync).toHaveBeenCalledTimes(1)
})

test('a head that is not reached within two seconds is asked for', async () => {
  const { server, connection, follower, settle } = start()
  connection.open()
  await settle()
  const heard = listen(follower, 'a')
  say(server, 'a', 2)
  connection.tell('room:heads', { a: 4 })
  await settle(1_900)
  expect(heard).toEqual([])
  await settle(200)
  expect(heard).toEqual([3, 4])
})

test('what was missed while away is told before the session is live, in order', async () => {
  const { server, connection, follower, live, settle, asked } = start({
    rooms: ['a', 'b', 'c', 'd', 'e'],
  })
  connection.open()
  await settle()
  const all = ['a', 'b', 'c', 'd', 'e'].map((roomId) => listen(follower, roomId))
  connection.cut()
  for (const roomId of ['a', 'c', 'e']) say(server, roomId, 3)
  asked.length = 0
  connection.open()
  live('a', [5])
  await settle()
  expect(connection.state.current.status).toBe('live')
  expect(all).toEqual([[3, 4, 5], [], [3, 4, 5], [], [3, 4, 5]])
  expect(asked).toEqual(['POST /v1/sync'])
})

test('an answer that does not hold all rooms is asked for the rest', async () => {
  const { server, connection, follower, settle } = start({ rooms: ['a', 'b', 'c'] })
  connection.open()
  await settle()
  const all = ['a', 'b', 'c'].map((roomId) => listen(follower, roomId))
  connection.cut()
  for (const roomId of ['a', 'b', 'c']) say(server, roomId, 3)
  server.syncEvents = 4
  connection.open()
  await settle()
  expect(all).toEqual([
    [3, 4, 5],
    [3, 4, 5],
    [3, 4, 5],
  ])
})

test('too far behind, a listener is told where it goes on', async () => {
  const { server, connection, follower, live, settle } = start()
  connection.open()
  await settle()
  const heard = listen(follower, 'a')
  connection.cut()
  server.syncEvents = 3
  say(server, 'a', 4)
  connection.open()
  await settle()
  say(server, 'a')
  live('a', [7])
  await settle()
  expect(heard).toEqual([[6, 'too-far'], 7])
})

test('of a log that was taken back in time nothing is carried over, also of what came early', async () => {
  const { server, connection, follower, live, settle } = start({
    faults: { drop: 0, double: 0, delayMs: 10 },
  })
  connection.open()
  await settle(100)
  say(server, 'a', 5)
  live('a', [3, 4, 5, 6, 7])
  await settle(100)
  const heard = listen(follower, 'a')
  connection.cut()
  server.restore(4)
  say(server, 'a', 1)
  connection.open()
  // Its number is the one that would follow, and it is of the new log.
  say(server, 'a', 4)
  live('a', [8])
  await settle(100)
  expect(heard).toEqual([[8, 'epoch']])
  expect(follower.get('a').position).toBe(8)
  say(server, 'a')
  live('a', [9])
  await settle(100)
  expect(heard).toEqual([[8, 'epoch'], 9])
})

test('rooms that I joined or left while away are found', async () => {
  const { server, connection, follower, settle, asked } = start()
  connection.open()
  await settle()
  const news: string[] = []
  follower.listen({
    added: ({ id }) => news.push(`+${id}`),
    returned: () => news.push('returned'),
  })
  const heard = listen(follower, 'a')
  connection.cut()
  server.leave('a', 'ada')
  server.create('c', 'bob')
  server.join('c', 'ada')
  asked.length = 0
  connection.open()
  await settle(10)
  expect(news.toSorted()).toEqual(['+c', 'returned'])
  expect(heard).toEqual([[0, 'not-member']])
  expect(follower.get('a').position).toBe(null)
  expect(follower.get('c').position).toBe(3)
  expect(asked).toEqual(['POST /v1/sync', 'GET /v1/rooms/:id'])
})

test('coming and going while connected is told, and a later joining begins anew', async () => {
  const { server, connection, follower, live, settle } = start()
  connection.open()
  await settle()
  const heard = listen(follower, 'a')
  const news: string[] = []
  follower.listen({ added: ({ id }) => news.push(`+${id}`) })
  server.leave('a', 'ada')
  connection.tell('room:removed', { roomId: 'a' })
  await settle()
  say(server, 'a', 2)
  // Too late: it is not mine any more.
  live('a', [4])
  await settle(10)
  server.join('a', 'ada')
  connection.tell('room:added', { roomId: 'a', head: 5 })
  await settle(10)
  live('a', [6])
  await settle()
  expect(heard).toEqual([[0, 'not-member'], [5, 'too-far'], 6])
  expect(news).toEqual(['+a'])
})

test('a listener that throws breaks neither the others nor the place', async () => {
  const report = vi.fn<(error: unknown) => void>()
  vi.stubGlobal('reportError', report)
  const { server, connection, follower, live, settle } = start()
  connection.open()
  await settle()
  follower.get('a').follow({
    events: () => {
      throw new Error('mine')
    },
    reset: () => undefined,
  })
  const heard = listen(follower, 'a')
  say(server, 'a', 2)
  live('a', [3])
  live('a', [4])
  await settle()
  expect(heard).toEqual([3, 4])
  expect(report).toHaveBeenCalledTimes(2)
  vi.unstubAllGlobals()
})

test('what could not be asked for is asked for again, and by the next session at the latest', async () => {
  const { server, connection, follower, live, settle } = start()
  connection.open()
  await settle()
  const heard = listen(follower, 'a')
  say(server, 'a', 3)
  const request = vi.spyOn(server, 'sync').mockImplementationOnce(() => {
    throw new Error('busy')
  })
  live('a', [5])
  await settle()
  expect(heard).toEqual([])
  await settle(1_000)
  expect(heard).toEqual([3, 4, 5])
  expect(request).toHaveBeenCalledTimes(2)
})

test('of a room that I have joined by myself the gateway is asked, until it has answered', async () => {
  const { server, connection, follower, settle } = start()
  connection.open()
  await settle()
  server.create('c', 'bob')
  // Nobody is told of either.
  server.added = () => undefined
  server.removed = () => undefined
  server.join('c', 'ada')
  const room = server.describe('c', 'ada')
  server.leave('c', 'ada')
  const request = vi.spyOn(server, 'sync').mockImplementationOnce(() => {
    throw new Error('The answer was lost.')
  })
  follower.add(room)
  expect(follower.get('c').position).toBe(room.head)
  await settle(2_000)
  expect(request).toHaveBeenCalledTimes(2)
  expect(follower.get('c').position).toBeNull()
})

test.each([1, 30])(
  '%i rooms that were mine while they were read, and nobody told me of',
  async (count) => {
    const { server, connection, follower, settle } = start()
    connection.open()
    await settle()
    connection.cut()
    const met = Array.from({ length: count }, (_, n) => `met-${n}`)
    for (const id of met) {
      server.create(id, 'bob')
      server.join(id, 'ada')
    }
    // The gateway hears of the joining and the leaving at once, and has nothing to say.
    server.removed = () => undefined
    const describe = server.describe.bind(server)
    vi.spyOn(server, 'describe').mockImplementation((id, userId) => {
      const room = describe(id, userId)
      if (met.includes(id) && room.me !== undefined) server.leave(id, 'ada')
      return room
    })
    connection.open()
    await settle(2_000)
    expect(met.map((id) => follower.get(id).position)).toEqual(met.map(() => null))
    expect(follower.get('a').position).toBe(2)
  },
)

test('a room that I was out of again when it was read is not mine until it is read again', async () => {
  const { server, connection, follower, settle } = start()
  connection.open()
  await settle()
  server.create('c', 'bob')
  follower.add(server.describe('c', 'ada'))
  expect(follower.get('c').position).toBeNull()
  server.join('c', 'ada')
  await settle()
  expect(follower.get('c').position).toBe(server.head('c'))
})
