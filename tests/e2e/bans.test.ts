import { armFailPoint, RoomRecorder, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ env: { api: { FAIL_POINTS_ENABLED: 'true' } } })
})
afterAll(() => cluster.stop())

const apis = () => cluster.info().apis.map(({ name }) => name)
const loseNews = async (times: number) => {
  for (const name of apis()) await armFailPoint(cluster, name, 'lose-news', times)
}

test('a ban stops the very next message on every gateway and path, though none was told of it', async () => {
  const [owner, victim, witness] = await Promise.all([
    cluster.register(),
    cluster.register(),
    cluster.register(),
  ])
  const roomId = await cluster.createRoom([owner, victim, witness])
  const path = `/v1/rooms/${roomId}`
  const asVictim = (method: string, route: string, body?: unknown) =>
    cluster.rest(method, route, { user: victim, body })
  const invite = (await cluster.rest('POST', `${path}/invites`, { user: owner, body: {} })) as {
    code: string
  }
  const [ownerSocket, one, other, beside] = await Promise.all([
    cluster.connect(owner, { gateway: 'g1' }),
    cluster.connect(victim, { gateway: 'g2' }),
    cluster.connect(victim, { gateway: 'g3' }),
    cluster.connect(witness, { gateway: 'g2' }),
  ])
  const recorders = [one, other, beside].map((socket) => {
    const recorder = new RoomRecorder()
    recorder.listenTo(socket)
    return recorder
  })
  for (const socket of [ownerSocket, one, other, beside])
    await socket.emitWithAck('sync', { rooms: {} })
  const said = await cluster.send(one, roomId, 'before')
  expect(said).toMatchObject({ ok: true })

  await loseNews(1_000)
  await cluster.rest('PUT', `${path}/bans/${victim.userId}`, {
    user: owner,
    body: { reason: 'enough' },
  })
  const refused = { ok: false, error: { code: 'BANNED' } }
  for (const socket of [one, other]) {
    expect(await cluster.send(socket, roomId, 'still here')).toMatchObject(refused)
    const react = { roomId, seq: said.ok ? said.data.seq : 0, key: 'ok', on: true }
    expect(await socket.emitWithAck('reaction:set', react)).toMatchObject(refused)
  }
  for (const [method, route, body] of [
    ['POST', `${path}/messages`, { text: 'by REST' }],
    ['GET', `${path}/messages`],
    ['GET', `${path}/events`],
    ['PUT', `${path}/members/${victim.userId}`, {}],
    ['POST', `/v1/invites/${invite.code}/accept`, {}],
  ] as const) {
    await expect(asVictim(method, route, body), route).rejects.toThrow(/BANNED/u)
  }
  const found = (await asVictim('GET', '/v1/search?q=before')) as { data: unknown[] }
  expect(found.data).toEqual([])
  await loseNews(0)

  const sent = await cluster.send(ownerSocket, roomId, 'among ourselves')
  const seq = sent.ok ? sent.data.seq : 0
  await recorders[2]!.reaches(roomId, seq)
  // The witness shares a gateway with the victim: what it had for the room was handed out there.
  const marker = await cluster.createRoom([owner, victim])
  const last = await cluster.send(ownerSocket, marker, 'and now something else')
  for (const recorder of recorders.slice(0, 2)) {
    await recorder.reaches(marker, last.ok ? last.data.seq : 0)
    expect(recorder.texts(roomId)).not.toContain('among ourselves')
  }

  await cluster.rest('DELETE', `${path}/bans/${victim.userId}`, { user: owner })
  await cluster.join(victim, roomId)
  expect(await cluster.send(one, roomId, 'thank you')).toMatchObject({ ok: true })
})
