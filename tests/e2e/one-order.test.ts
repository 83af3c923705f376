import { randomUUID } from 'node:crypto'
import type { Event } from '@parley/message-schema'
import { RoomRecorder, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    gateways: 3,
    apis: 2,
    env: { gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' } },
  })
})
afterAll(() => cluster.stop())

test('readers on three gateways are handed one order, each event once (C1, C4, C7)', async () => {
  const people = await Promise.all(Array.from({ length: 9 }, () => cluster.register()))
  const rooms = await Promise.all(
    [0, 1, 2].map((n) => cluster.createRoom(people, { name: `room ${n}` })),
  )
  const readers = await Promise.all(
    people.map(async (user, index) => {
      const recorder = new RoomRecorder()
      const socket = await cluster.connect(user, {
        gateway: `g${(index % 3) + 1}`,
        prepare: (fresh) => recorder.listenTo(fresh),
      })
      return { user, socket, recorder }
    }),
  )

  const acked = new Map<string, number>()
  await Promise.all(
    readers.flatMap(({ socket, user }) =>
      Array.from({ length: 40 }, async (_, n) => {
        const room = rooms[n % rooms.length]
        const text = `${user.username} ${n}`
        const reply = await cluster.send(socket, room!, text, { timeoutMs: 20_000 })
        if (!reply.ok) throw new Error(reply.error.code)
        acked.set(`${room}/${reply.data.seq}`, n)
      }),
    ),
  )
  expect(acked.size).toBe(9 * 40)

  for (const room of rooms) {
    const { data, head } = (await cluster.rest('GET', `/v1/rooms/${room}/events?limit=2000`, {
      user: people[0]!,
    })) as { data: Event[]; head: number }
    expect(data.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, n) => n + 1))
    const plain = data.map(({ clientMsgId: _, ...event }) => event)
    for (const { recorder } of readers) {
      await recorder.reaches(room, head)
      const handed = recorder.events.get(room)!.map(({ clientMsgId: _, ...event }) => event)
      expect(handed).toEqual(plain.slice(-handed.length))
    }
  }
  expect(readers.flatMap(({ recorder }) => recorder.violations)).toEqual([])
})

test('a retry through another gateway answers the first seq, as a success (C3)', async () => {
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice])
  const [one, two] = await Promise.all([
    cluster.connect(alice, { gateway: 'g1' }),
    cluster.connect(alice, { gateway: 'g2' }),
  ])
  const clientMsgId = randomUUID()
  const first = await cluster.send(one, room, 'once', { clientMsgId })
  const again = await cluster.send(two, room, 'once', { clientMsgId })
  const racing = await Promise.all(
    [one, two, one, two].map((socket) => cluster.send(socket, room, 'once', { clientMsgId })),
  )
  expect(first).toMatchObject({ ok: true })
  for (const reply of [again, ...racing]) {
    expect(reply).toEqual({ ok: true, data: { ...(first.ok && first.data), dup: true } })
  }
  const other = await cluster.send(two, room, 'something else', { clientMsgId })
  expect(other).toMatchObject({ ok: false, error: { code: 'IDEMPOTENCY_MISMATCH' } })
})

test('only the author is shown the clientMsgId', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([alice, bob])
  const seen = { alice: new RoomRecorder(), bob: new RoomRecorder() }
  const [socket] = await Promise.all([
    cluster.connect(alice, { prepare: (fresh) => seen.alice.listenTo(fresh) }),
    cluster.connect(bob, { prepare: (fresh) => seen.bob.listenTo(fresh) }),
  ])
  const clientMsgId = randomUUID()
  const reply = await cluster.send(socket, room, 'mine', { clientMsgId })
  const seq = reply.ok ? reply.data.seq : 0
  await Promise.all([seen.alice.reaches(room, seq), seen.bob.reaches(room, seq)])
  expect(seen.alice.events.get(room)?.at(-1)?.clientMsgId).toBe(clientMsgId)
  expect(seen.bob.events.get(room)?.at(-1)?.clientMsgId).toBeUndefined()
})
