import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { createLogFollower } from '../log/create-log-follower.ts'
import type { Messages } from '../messages/messages.ts'
import { createStore } from '../store.ts'
import { loadChunks } from '../testing/load-chunks.ts'
import { ModelConnection } from '../testing/model-connection.ts'
import { ModelServer } from '../testing/model-server.ts'
import { createRooms } from './create-rooms.ts'
import type { Typing } from './typing.ts'

beforeAll(loadChunks)
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const NOBODY = createStore(null)

async function start(
  roomIds: readonly string[] = ['a', 'b', 'c'],
  prepare: (server: ModelServer) => void = () => undefined,
) {
  const server = new ModelServer()
  for (const id of roomIds) {
    server.create(id, 'ada')
    server.join(id, 'bob')
  }
  prepare(server)
  const connection = new ModelConnection(
    server,
    'ada',
    { drop: 0, double: 0, delayMs: 0 },
    () => 0.5,
  )
  const follower = createLogFollower({ connection, call: connection.call })
  const opened: string[] = []
  const { rooms, flush, stop } = createRooms({
    follower,
    connection,
    call: connection.call,
    people: { get: () => NOBODY },
    createContent: ({ id }) => ({
      messages: {} as Messages,
      typing: {} as Typing,
      open: () => {
        opened.push(`+${id}`)
        return () => opened.push(`-${id}`)
      },
    }),
    random: () => 0.5,
  })
  server.changed = (roomId, event) => {
    connection.tell('room:events', { roomId, head: event.seq, events: [event] })
  }
  const commands: unknown[] = []
  const setRead = server.setRead.bind(server)
  server.setRead = (roomId, userId, upTo, mode) => {
    commands.push([roomId, upTo, mode ?? 'forward'])
    return setRead(roomId, userId, upTo, mode)
  }
  connection.open()
  const settle = (ms = 20) => vi.advanceTimersByTimeAsync(ms)
  await settle(200)
  const say = (roomId: string, text = 'hi') => server.send(roomId, 'bob', { type: 'text', text })
  return { server, connection, rooms, flush, stop, opened, commands, settle, say }
}

test('the latest active room is first, with the line that was said last', async () => {
  const { rooms, say, settle } = await start()
  expect(rooms.list.current.status).toBe('ready')
  say('b')
  say('a', 'hello')
  const seq = say('b', 'there')
  await settle(100)
  const [first, second] = rooms.list.current.rooms
  expect([first?.info.id, second?.info.id]).toEqual(['b', 'a'])
  expect(first?.latest).toMatchObject({ seq, senderId: 'bob', text: 'there' })
  expect(first?.info).toMatchObject({ head: seq, me: { unread: 2 } })
  expect(rooms.unread.current).toEqual({ messages: 3, mentions: 0, rooms: 2 })
})

test('a hundred messages in a second change the list at most twenty times, and only their row', async () => {
  const { rooms, say, settle } = await start()
  await settle(100)
  const changed = vi.fn<() => void>()
  rooms.list.subscribe(changed)
  const before = rooms.list.current.rooms.find(({ info }) => info.id === 'c')
  for (let n = 0; n < 100; n += 1) {
    say('a')
    await settle(10)
  }
  await settle(100)
  expect(changed.mock.calls.length).toBeLessThanOrEqual(21)
  expect(rooms.list.current.rooms.find(({ info }) => info.id === 'c')).toBe(before)
  expect(rooms.get('a').reading.mine.current.unread).toBe(100)
})

test('reading counts at once, and moves within a second are one command', async () => {
  const { rooms, say, settle, commands } = await start()
  const seqs = [say('a'), say('a'), say('a'), say('a')]
  await settle(100)
  const { reading } = rooms.get('a')
  reading.markRead(seqs[0])
  expect(reading.mine.current).toEqual({ readSeq: seqs[0], unread: 3, mentions: 0 })
  reading.markRead(seqs[1])
  reading.markRead(seqs[0])
  expect(reading.mine.current.unread).toBe(2)
  await settle(10)
  reading.markRead(seqs[2])
  expect(reading.mine.current.unread).toBe(1)
  await settle(2_000)
  expect(commands).toEqual([
    ['a', seqs[1], 'forward'],
    ['a', seqs[2], 'forward'],
  ])
  reading.markRead()
  expect(reading.mine.current.unread).toBe(0)
})

test('what waits is sent when the page is hidden', async () => {
  const { rooms, say, settle, commands, flush } = await start()
  const seqs = [say('a'), say('a')]
  await settle(100)
  rooms.get('a').reading.markRead(seqs[0])
  await settle(100)
  rooms.get('a').reading.markRead(seqs[1])
  void flush()
  await settle(100)
  expect(commands).toEqual([
    ['a', seqs[0], 'forward'],
    ['a', seqs[1], 'forward'],
  ])
})

test('beyond the head the cursor is put at the head', async () => {
  const { rooms, say, settle, commands } = await start()
  const seq = say('a')
  await settle(100)
  rooms.get('a').reading.markRead(seq + 5)
  await settle(3_000)
  expect(commands.at(-1)).toEqual(['a', seq, 'forward'])
  expect(rooms.get('a').reading.mine.current).toEqual({ readSeq: seq, unread: 0, mentions: 0 })
})

test('what was read while offline is told by the next session, and is not taken back before', async () => {
  const { rooms, server, connection, say, settle } = await start()
  const seqs = [say('a'), say('a')]
  await settle(100)
  connection.cut()
  rooms.get('a').reading.markRead(seqs[1])
  await settle(3_000)
  expect(rooms.unread.current.messages).toBe(0)
  connection.open()
  await settle(3_000)
  expect(rooms.unread.current.messages).toBe(0)
  expect(server.unread('a', 'ada').unread).toBe(0)
})

test('marked as unread, a message and what follows it is unread again', async () => {
  const { rooms, connection, say, settle, commands } = await start()
  const seqs = [say('a'), say('a'), say('a')]
  await settle(100)
  const { reading } = rooms.get('a')
  reading.markRead()
  await settle(100)
  const done = reading.markUnread(seqs[1] ?? 0)
  await settle(100)
  await done
  expect(reading.mine.current.unread).toBe(2)
  expect(commands.at(-1)).toEqual(['a', (seqs[1] ?? 0) - 1, 'set'])
  // What the earlier move has told all devices comes late.
  const echo = { roomId: 'a', userId: 'ada', readSeq: seqs[2] ?? 0, unread: 0, mentions: 0 }
  connection.tell('read:moved', echo)
  await settle(100)
  expect(rooms.list.current.rooms[0]?.info.me?.unread).toBe(2)
})

test('marked as unread without an answer, what is unread is asked for', async () => {
  const { server, rooms, say, settle } = await start()
  const seqs = [say('a'), say('a'), say('a')]
  await settle(100)
  const { reading } = rooms.get('a')
  reading.markRead()
  await settle(3_000)
  const setRead = server.setRead.bind(server)
  server.setRead = (...move) => {
    setRead(...move)
    throw new ChatError({ code: 'UNKNOWN_OUTCOME', message: 'No answer.', retryable: true })
  }
  const refused = expect(reading.markUnread(seqs[1] ?? 0)).rejects.toThrow('No answer.')
  await settle(3_000)
  await refused
  expect(rooms.list.current.rooms[0]?.info.me?.unread).toBe(2)
})

test('an older move of mine that was carried out after a later one is where my cursor is', async () => {
  const { server, rooms, connection, say, settle } = await start()
  const seqs = [say('a'), say('a'), say('a')]
  await settle(100)
  const { reading } = rooms.get('a')
  void reading.markUnread(seqs[0] ?? 0)
  await settle(100)
  reading.markRead()
  await settle(3_000)
  expect(rooms.list.current.rooms[0]?.info.me?.unread).toBe(0)
  const readSeq = (seqs[0] ?? 0) - 1
  server.setRead('a', 'ada', readSeq, 'set')
  connection.tell('read:moved', { roomId: 'a', userId: 'ada', readSeq, unread: 3, mentions: 0 })
  await settle(3_000)
  expect(rooms.list.current.rooms[0]?.info.me?.unread).toBe(3)
})

test('my coming, heard after the room was read, leaves the cursor that I set back meanwhile', async () => {
  const { server, connection, rooms, settle, say } = await start()
  server.create('d', 'bob')
  const first = say('d')
  const { head } = server.describe('d', 'bob')
  const tell = server.changed
  const heard: (() => void)[] = []
  server.changed = (roomId, event) => heard.push(() => tell(roomId, event))
  server.join('d', 'ada')
  // By another device of mine.
  server.setRead('d', 'ada', first - 1, 'set')
  connection.tell('room:added', { roomId: 'd', head })
  await settle(200)
  for (const event of heard) event()
  await settle(200)
  const room = rooms.list.current.rooms.find(({ info }) => info.id === 'd')
  expect(room?.info.me).toMatchObject({ readSeq: first - 1, unread: 1 })
})

test('a room is open until all have closed it, and stays a minute for a quick return', async () => {
  const { rooms, opened, settle } = await start()
  const [one, other] = [rooms.get('a').open(), rooms.get('a').open()]
  expect(opened).toEqual(['+a'])
  one()
  one()
  await settle(70_000)
  expect(opened).toEqual(['+a'])
  other()
  await settle(30_000)
  const again = rooms.get('a').open()
  await settle(70_000)
  expect(opened).toEqual(['+a'])
  again()
  await settle(61_000)
  expect(opened).toEqual(['+a', '-a'])
})

test('of closed rooms at most twenty stay', async () => {
  const ids = Array.from({ length: 25 }, (_, n) => `room-${n}`)
  const { rooms, opened } = await start(ids)
  for (const id of ids) rooms.get(id).open()()
  expect(opened.filter((one) => one.startsWith('-'))).toEqual(ids.slice(0, 5).map((id) => `-${id}`))
})

test('how far others have read is known while the room is open', async () => {
  const { rooms, server, connection, say, settle } = await start()
  const seq = say('a')
  await settle(100)
  const { reading, open } = rooms.get('a')
  const close = open()
  await settle(100)
  expect([...reading.others.current]).toEqual([['bob', 3]])
  server.setRead('a', 'bob', seq)
  connection.tell('read:moved', { roomId: 'a', userId: 'bob', readSeq: seq })
  await settle()
  expect(reading.others.current.get('bob')).toBe(seq)
  server.leave('a', 'bob')
  await settle(100)
  expect(reading.others.current.size).toBe(0)
  close()
})

test('events are told from now on, in order; a listener is told where it goes on', async () => {
  const { rooms, server, connection, say, settle } = await start()
  const seqs: number[] = []
  const resets: number[] = []
  const end = rooms.get('a').onEvent(
    ({ seq }) => seqs.push(seq),
    (head) => resets.push(head),
  )
  const first = say('a')
  await settle(100)
  connection.cut()
  server.syncEvents = 2
  for (let n = 0; n < 4; n += 1) say('a')
  connection.open()
  await settle(100)
  const last = say('a')
  await settle(100)
  expect(seqs).toEqual([first, last])
  expect(resets).toEqual([last - 1])
  end()
  say('a')
  await settle(100)
  expect(seqs).toEqual([first, last])
})

test('members are to be read again once a room is known: what came before was told to nobody', async () => {
  const { rooms, server, settle, connection } = await start()
  server.create('d', 'bob')
  const { revision } = rooms.get('d').members
  const before = revision.current
  server.join('d', 'ada')
  connection.tell('room:added', { roomId: 'd', head: server.head('d') })
  await settle(3_000)
  expect(rooms.get('d').info.current).not.toBe(null)
  expect(revision.current).toBeGreaterThan(before)
})

test('names, roles and members are as the log says, and members.revision goes up', async () => {
  const { rooms, server, settle } = await start()
  const room = rooms.get('a')
  const revision = room.members.revision.current
  server.rename('a', 'bob', 'another name')
  server.join('a', 'eve')
  server.setRole('a', 'bob', 'ada', 'admin')
  await settle(3_000)
  expect(room.info.current).toMatchObject({
    name: 'another name',
    memberCount: 3,
    me: { role: 'admin' },
  })
  expect(room.members.revision.current).toBeGreaterThan(revision)
  expect(rooms.get('unknown').info.current).toBe(null)
  expect(rooms.get('a')).toBe(room)
})

test('what was said last before I came is known for all rooms by one request', async () => {
  const { rooms } = await start(['a', 'b', 'c'], (server) => {
    server.send('c', 'bob', { type: 'text', text: 'old' })
    const seq = server.send('b', 'bob', { type: 'text', text: 'mistyped' })
    server.edit('b', 'bob', seq, 'typed')
  })
  const lines = rooms.list.current.rooms.map(({ info, latest }) => [info.id, latest?.text])
  expect(lines.slice(0, 2)).toEqual([
    ['b', 'typed'],
    ['c', 'old'],
  ])
})
