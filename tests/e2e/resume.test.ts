import { findViolations, RoomRecorder, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    env: { gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' } },
  })
})
afterAll(() => cluster.stop())

test.each(['websocket', 'polling'])('after a cut, %s goes on where it was', async (transport) => {
  const users = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom(users)
  const writer = cluster.resumingClient(users[0], [room])
  const reader = cluster.resumingClient(users[1], [room], { transports: [transport] })
  await Promise.all([writer.ready(), reader.ready()])
  await writer.send(room, 'before the cut')

  // Not a goodbye: the connection is gone, as with a phone in a tunnel.
  reader.socket.io.engine.close()
  for (let n = 0; n < 20; n += 1) await writer.send(room, `during the cut ${n}`)
  await reader.ready()
  await writer.send(room, 'after the cut')
  expect(await findViolations(cluster.url, [writer, reader], [room])).toEqual([])
  expect(reader.sessions.length).toBeGreaterThan(1)
})

test('a reader that applies whatever comes, as it comes, sees no gap and nothing twice', async () => {
  const users = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom(users)
  const writer = cluster.resumingClient(users[0]!, [room])
  await writer.ready()
  let isOver = false
  const writing = (async () => {
    for (let n = 0; !isOver; n += 1) await writer.send(room, `said meanwhile ${n}`)
  })()

  const strict = new RoomRecorder()
  strict.startAt(room, 0)
  const socket = await cluster.connect(users[1]!, {
    reconnectionDelay: 10,
    prepare: (fresh) => {
      strict.listenTo(fresh)
      fresh.on('session:ready', () => {
        fresh.emit('sync', { rooms: { [room]: strict.last(room) } }, (reply) => {
          if (reply.ok) strict.takeSync(room, reply.data.rooms[room])
        })
      })
    },
  })
  for (let cuts = 0; cuts < 8; cuts += 1) {
    const before = strict.last(room)
    await strict.reaches(room, before + 20)
    const again = new Promise<void>((resolve) => {
      socket.once('session:ready', () => resolve())
    })
    socket.io.engine.close()
    await again
  }
  isOver = true
  await writing
  await strict.reaches(room, writer.acked.at(-1)!.seq)
  expect(strict.violations).toEqual([])
  expect(await findViolations(cluster.url, [writer], [room])).toEqual([])
})

test('a position too far behind, ahead, of another epoch or of a foreign room is reset', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const [room, foreign] = [await cluster.createRoom([alice]), await cluster.createRoom([bob])]
  const socket = await cluster.connect(alice)
  for (let n = 0; n < 10; n += 1) await cluster.send(socket, room, `message ${n}`)
  const sync = async (payload: Parameters<typeof socket.emitWithAck<'sync'>>[1]) => {
    const reply = await socket.emitWithAck('sync', payload)
    return reply.ok ? reply.data : reply.error
  }
  expect(await sync({ rooms: { [room]: 0 }, limit: 5 })).toMatchObject({
    rooms: { [room]: { reset: true, reason: 'too-far', head: 12 } },
  })
  expect(await sync({ rooms: { [room]: 999 } })).toMatchObject({
    rooms: { [room]: { reset: true, reason: 'ahead' } },
  })
  expect(await sync({ rooms: { [room]: 3 }, epoch: 77 })).toMatchObject({
    rooms: { [room]: { reset: true, reason: 'epoch' } },
  })
  expect(await sync({ rooms: { [foreign]: 0 } })).toMatchObject({
    rooms: { [foreign]: { reset: true, reason: 'not-member', head: 0 } },
  })
  expect(await sync({ rooms: { [room]: 9 } })).toMatchObject({
    rooms: {
      [room]: { from: 9, to: 12, head: 12, events: [{ seq: 10 }, { seq: 11 }, { seq: 12 }] },
    },
  })
  expect(await sync({})).toMatchObject({ rooms: { [room]: { from: 12, to: 12, events: [] } } })
})

test('what does not fit in one sync is left out, and asked for again', async () => {
  const alice = await cluster.register()
  const rooms = [await cluster.createRoom([alice]), await cluster.createRoom([alice])]
  const socket = await cluster.connect(alice)
  for (const room of rooms) for (let n = 0; n < 5; n += 1) await cluster.send(socket, room, `${n}`)
  const cursors = Object.fromEntries(rooms.map((room) => [room, 0]))
  const first = await socket.emitWithAck('sync', { rooms: cursors, limit: 10 })
  expect(first).toMatchObject({ ok: true, data: { more: true } })
  const answered = first.ok ? Object.keys(first.data.rooms) : []
  expect(answered).toHaveLength(1)
  const left = rooms.find((room) => !answered.includes(room))!
  const second = await socket.emitWithAck('sync', { rooms: { [left]: 0 }, limit: 10 })
  expect(second).toMatchObject({ ok: true, data: { rooms: { [left]: { from: 0, to: 7 } } } })
})

test('a living socket is told of a room that it came into, and misses nothing since', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([alice])
  const writer = cluster.resumingClient(alice, [room])
  await writer.ready()
  const added: string[] = []
  const texts: string[] = []
  const seqs: number[] = []
  const socket = await cluster.connect(bob, { gateway: 'g2' })
  socket.on('room:added', ({ roomId, head }) => {
    added.push(roomId)
    seqs.push(head)
  })
  const all = new Promise<void>((resolve) => {
    socket.on('room:events', ({ events }) => {
      for (const event of events) {
        seqs.push(event.seq)
        if (event.type === 'message:created') texts.push(event.data.text ?? '')
      }
      if (texts.includes('9')) resolve()
    })
  })
  await cluster.join(bob, room)
  for (let n = 0; n < 10; n += 1) await writer.send(room, String(n))
  await all
  expect(added).toEqual([room])
  expect(texts).toEqual(Array.from({ length: 10 }, (_, n) => String(n)))
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => seqs[0]! + n))

  const removed = new Promise<string>((resolve) => {
    socket.once('room:removed', ({ roomId }) => resolve(roomId))
  })
  await cluster.leave(alice, room, bob.userId)
  expect(await removed).toBe(room)
})

test('history since-join shows nothing from before, by no path (C8)', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([alice], { history: 'since-join' })
  const writer = await cluster.connect(alice)
  await cluster.send(writer, room, 'secret')
  await cluster.join(bob, room)
  await cluster.send(writer, room, 'open')
  const socket = await cluster.connect(bob)
  const reply = await socket.emitWithAck('sync', { rooms: { [room]: 0 } })
  const answers = [
    reply,
    ...(await Promise.all(
      [
        `/v1/rooms/${room}/events?after=0`,
        `/v1/rooms/${room}/events/pages/1`,
        `/v1/rooms/${room}/messages`,
        `/v1/rooms/${room}/messages?after=0`,
        `/v1/rooms/${room}/messages?around=3`,
      ].map((path) => cluster.rest('GET', path, { user: bob })),
    )),
    await cluster.rest('POST', '/v1/sync', { user: bob, body: { rooms: { [room]: 0 } } }),
  ]
  for (const answer of answers) {
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(JSON.stringify(answer)).toContain('open')
  }
  await expect(cluster.rest('GET', `/v1/rooms/${room}/messages/3`, { user: bob })).rejects.toThrow(
    'NOT_FOUND',
  )
})
