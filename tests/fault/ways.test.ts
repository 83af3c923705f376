import { createWays, type Ways } from '@parley/check'
import { eventually, findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
let ways: Ways
beforeAll(async () => {
  ways = createWays({ seed: 1 })
  cluster = await startTestCluster({
    route: ways.route,
    workers: 1,
    // No look at the heads while the test is on: what comes, Redis has brought.
    env: { gateway: { HEADS_INTERVAL_MS: '600000' } },
  })
})
afterAll(async () => {
  await cluster.stop()
  await ways.close()
})

test('a proxy stands between every two processes that talk', () => {
  const names = ways.matching(/./u).map(({ name }) => name)
  const apis = 'a1>database a1>redis a2>database a2>redis'
  const balancer = 'balancer>a1 balancer>a2 balancer>g1 balancer>g2 balancer>g3 client>balancer'
  const gateways = 'g1>api g1>redis g2>api g2>redis g3>api g3>redis'
  const workers = 'w1>database w1>redis'
  expect(names.join(' ')).toBe([apis, balancer, gateways, workers].join(' '))
  for (const way of ways.matching(/(redis|database)$/u)) {
    expect(way.connections(), way.name).toBeGreaterThan(0)
  }
  expect(new URL(cluster.url).port).toBe(String(ways.get('client>balancer').port))
})

test('a black hole between one gateway and Redis is felt by that gateway alone', async () => {
  const users = [await cluster.register(), await cluster.register(), await cluster.register()]
  const room = await cluster.createRoom(users)
  const clients = users.map((user, n) =>
    cluster.resumingClient(user, [room], { gateway: `g${n + 1}` }),
  )
  const [cutOff, sender, other] = clients
  if (cutOff === undefined || sender === undefined || other === undefined) throw new Error()
  await Promise.all(clients.map((client) => client.ready()))
  const before = await sender.send(room, 'everybody hears this')
  await Promise.all(clients.map(({ recorder }) => recorder.reaches(room, before)))

  const heal = await ways.get('g1>redis').add({ type: 'timeout' })
  let last = 0
  for (let n = 0; n < 10; n += 1) last = await sender.send(room, `said in the dark ${n}`)
  await Promise.all([sender, other].map(({ recorder }) => recorder.reaches(room, last)))
  expect(cutOff.recorder.last(room)).toBe(before)
  // It still takes messages: the way to the API is another.
  last = await cutOff.send(room, 'I am here')
  await other.recorder.reaches(room, last)

  await heal()
  await eventually(() => expect(cutOff.recorder.last(room)).toBe(last), { timeoutMs: 30_000 })
  expect(await findViolations(cluster.url, clients, [room])).toEqual([])
})
