import { setTimeout as sleep } from 'node:timers/promises'
import { findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SOCKETS = 50
const ROOMS = 20
const KILL_EVERY_MS = 1_500
const KILLED = ['g1', 'redis', 'a1', 'g2', 'a2', 'g3', 'redis', 'g1', 'a1', 'g2', 'balancer', 'g3']

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ restart: true })
})
afterAll(() => cluster.stop())

test('50 sockets, 20 rooms, and every process but MySQL killed in turn: C1-C5 hold', async () => {
  const users = await Promise.all(Array.from({ length: SOCKETS }, () => cluster.register()))
  const rooms: string[] = []
  for (let n = 0; n < ROOMS; n += 1) rooms.push(await cluster.createRoom(users, { name: `${n}` }))
  const clients = users.map((user, n) =>
    cluster.resumingClient(user, rooms, n % 5 === 0 ? { transports: ['polling'] } : {}),
  )
  await Promise.all(clients.map((client) => client.ready(30_000)))

  let isOver = false
  const talking = clients.map(async (client, index) => {
    for (let n = 0; !isOver; n += 1) {
      await client.send(rooms[(index + n) % ROOMS]!, `${index} says ${n}`, 120_000)
      // Within the rate limit of a user, which is on.
      await sleep(200)
    }
  })
  for (const name of KILLED) {
    await sleep(KILL_EVERY_MS)
    await cluster.kill(name)
  }
  await Promise.all(cluster.info().gateways.map(({ name }) => cluster.waitReady(name)))
  isOver = true
  await Promise.all(talking)

  const acked = clients.reduce((sum, client) => sum + client.acked.length, 0)
  expect(acked).toBeGreaterThan(SOCKETS * 10)
  expect(await findViolations(cluster.url, clients, rooms)).toEqual([])
})
