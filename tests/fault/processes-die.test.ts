import {
  armFailPoint,
  eventually,
  findViolations,
  startTestCluster,
  type TestCluster,
} from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  // As under an orchestrator: what dies is started again.
  cluster = await startTestCluster({
    restart: true,
    env: {
      gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000', HEADS_INTERVAL_MS: '1000' },
      api: { FAIL_POINTS_ENABLED: 'true' },
    },
  })
})
afterAll(() => cluster.stop())

async function people(count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => cluster.register()))
  const room = await cluster.createRoom(users)
  const clients = users.map((user) => cluster.resumingClient(user, [room]))
  await Promise.all(clients.map((client) => client.ready()))
  return { room, clients }
}

test('a gateway that dies by kill -9 mid-send loses nothing that was acknowledged', async () => {
  const { room, clients } = await people(9)
  const before = new Set(clients.map(({ sessions }) => sessions[0]?.gateway))
  expect(before).toEqual(new Set(['g1', 'g2', 'g3']))

  let sent = 0
  const half = new Promise<void>((resolve) => {
    const count = (): void => {
      sent += 1
      if (sent === 90) resolve()
    }
    for (const client of clients) client.socket.on('room:events', count)
  })
  const sending = clients.map(async (client, index) => {
    for (let n = 0; n < 40; n += 1) await client.send(room, `${index} says ${n}`)
  })
  await half
  await cluster.kill('g2')
  await Promise.all(sending)
  expect(await findViolations(cluster.url, clients, [room])).toEqual([])
  for (const client of clients) client.close()
  await cluster.waitReady('g2')
  await cluster.waitBalanced()
})

test.each(['before-commit', 'after-commit'] as const)(
  'an API that dies %s: the retry is answered, the others are told',
  async (point) => {
    const { room, clients } = await people(3)
    const [sender] = clients
    // Whichever replica has the room dies, before it could announce or answer.
    await armFailPoint(cluster, 'a1', point)
    await armFailPoint(cluster, 'a2', point)
    await sender!.send(room, 'said while they died')
    await sender!.send(room, 'and after')
    expect(await findViolations(cluster.url, clients, [room])).toEqual([])
    for (const client of clients) client.close()
    for (const { name } of cluster.info().apis) {
      await cluster.waitReady(name)
      await armFailPoint(cluster, name, point, 0)
    }
    await cluster.waitBalanced()
  },
)

test('news that Redis lost is repaired within a heads interval (C5)', async () => {
  const { room, clients } = await people(4)
  await armFailPoint(cluster, 'a1', 'lose-news', 1_000)
  await armFailPoint(cluster, 'a2', 'lose-news', 1_000)
  await clients[0]!.send(room, 'nobody announces this')
  expect(await findViolations(cluster.url, clients, [room])).toEqual([])
  await armFailPoint(cluster, 'a1', 'lose-news', 0)
  await armFailPoint(cluster, 'a2', 'lose-news', 0)
  for (const client of clients) client.close()
})

test('who is removed is handed nothing more, although the notice was lost (C8)', async () => {
  const { room, clients } = await people(4)
  const [owner, , , mallory] = clients
  const seenBefore = await owner!.send(room, 'for everybody')
  await mallory!.recorder.reaches(room, seenBefore)
  await armFailPoint(cluster, 'a1', 'lose-news', 1_000)
  await armFailPoint(cluster, 'a2', 'lose-news', 1_000)
  await cluster.leave(owner!.user, room, mallory!.user.userId)
  const last = await owner!.send(room, 'not for mallory')
  const others = clients.slice(0, 3)
  await Promise.all(others.map(({ recorder }) => recorder.reaches(room, last)))
  expect(mallory!.recorder.last(room)).toBe(seenBefore)
  expect(mallory!.recorder.texts(room)).not.toContain('not for mallory')
  await expect(mallory!.send(room, 'still here?')).rejects.toThrow('NOT_MEMBER')
  // Their gateway may not know yet, as the notice was lost. It hands over nothing meanwhile.
  await eventually(
    async () => {
      const reply = await mallory!.socket.emitWithAck('sync', { rooms: { [room]: seenBefore } })
      expect(JSON.stringify(reply)).not.toContain('not for mallory')
      expect(reply).toMatchObject({
        ok: true,
        data: { rooms: { [room]: { reason: 'not-member' } } },
      })
    },
    { everyMs: 200 },
  )
  expect(mallory!.recorder.texts(room)).not.toContain('not for mallory')
  await armFailPoint(cluster, 'a1', 'lose-news', 0)
  await armFailPoint(cluster, 'a2', 'lose-news', 0)
  for (const client of clients) client.close()
})

test('what a halted API was asked to set, it does not set when it goes on after somebody else', async () => {
  const ada = await cluster.register()
  const rooms = await Promise.all(Array.from({ length: 12 }, () => cluster.createRoom([ada])))
  const client = cluster.resumingClient(ada, rooms)
  await client.ready()
  const heads = new Map<string, number>()
  for (const room of rooms) {
    for (let n = 0; n < 4; n += 1) heads.set(room, await client.send(room, `message ${n}`))
  }
  const ask = async (name: 'read:set' | 'reaction:set', payload: object): Promise<void> => {
    expect(await client.socket.emitWithAck(name, payload as never), name).toMatchObject({
      ok: true,
    })
  }
  const inEach = (askOne: (roomId: string, head: number) => Promise<void>): Promise<unknown> =>
    Promise.all(Array.from(heads, ([roomId, head]) => askOne(roomId, head)))

  await cluster.kill('a1', 'SIGSTOP')
  // Both replicas have half of them. The balancer gives those of the halted one to the other.
  await inEach((roomId, seq) => ask('reaction:set', { roomId, seq, key: '👍', on: true }))
  await inEach((roomId) => ask('read:set', { roomId, upTo: 1, mode: 'set' }))
  await inEach((roomId, seq) => ask('reaction:set', { roomId, seq, key: '👍', on: false }))
  await inEach((roomId, seq) => ask('read:set', { roomId, upTo: seq + 1 }))
  await cluster.kill('a1', 'SIGCONT')
  await cluster.waitBalanced()

  // Behind whatever it still had in its queues.
  await inEach(async (roomId) => void (await client.send(roomId, 'and now?')))
  for (const [roomId, head] of heads) {
    const room = await cluster.rest('GET', `/v1/rooms/${roomId}`, { user: ada })
    expect(room).toMatchObject({ room: { me: { readSeq: head + 1 } } })
    const page = await cluster.rest('GET', `/v1/rooms/${roomId}/messages`, { user: ada })
    expect(JSON.stringify(page)).not.toContain('👍')
  }
  client.close()
})
