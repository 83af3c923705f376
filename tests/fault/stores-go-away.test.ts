import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    env: { gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000', COMMAND_DEADLINE_MS: '4000' } },
  })
})
afterAll(() => cluster.stop())

async function people(count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => cluster.register()))
  const rooms = [await cluster.createRoom(users), await cluster.createRoom(users)]
  const clients = users.map((user, n) =>
    cluster.resumingClient(user, rooms, n % 2 === 0 ? {} : { transports: ['polling'] }),
  )
  await Promise.all(clients.map((client) => client.ready()))
  return { rooms, clients }
}

/** Everybody talks, one message after the other, until `done`. Answers how many each has sent. */
async function talkUntil(
  { rooms, clients }: Awaited<ReturnType<typeof people>>,
  done: Promise<unknown>,
): Promise<number[]> {
  let isDone = false
  const end = done.finally(() => {
    isDone = true
  })
  const counts = await Promise.all(
    clients.map(async (client, index) => {
      let n = 0
      for (; !isDone; n += 1) {
        await client.send(rooms[n % rooms.length]!, `${randomUUID()}: ${index} says ${n}`)
        await sleep(20)
      }
      return n
    }),
  )
  await end
  return counts
}

test('with Redis dead for 20 s people keep talking, and nothing is lost', async () => {
  const group = await people(6)
  await cluster.kill('redis')
  const crossing = group.clients.map(({ recorder }) => recorder.last(group.rooms[0]!))
  const counts = await talkUntil(group, sleep(20_000))
  for (const count of counts) expect(count).toBeGreaterThan(20)
  // Delivery between gateways went on meanwhile, without Redis.
  group.clients.forEach(({ recorder }, index) => {
    expect(recorder.last(group.rooms[0]!)).toBeGreaterThan(crossing[index]! + 50)
  })
  await cluster.start('redis')
  await talkUntil(group, sleep(1_500))
  expect(await findViolations(cluster.url, group.clients, group.rooms)).toEqual([])
  for (const client of group.clients) client.close()
})

test('FLUSHALL in the middle of the talk breaks nothing', async () => {
  const group = await people(4)
  const redis = new Redis(cluster.info().redis.url)
  await talkUntil(
    group,
    (async () => {
      for (let n = 0; n < 5; n += 1) {
        await redis.flushall()
        await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
        await sleep(200)
      }
    })(),
  )
  redis.disconnect()
  expect(await findViolations(cluster.url, group.clients, group.rooms)).toEqual([])
  for (const client of group.clients) client.close()
})

test('with MySQL stopped for 10 s nothing is acknowledged falsely, and retries resolve all', async () => {
  const group = await people(4)
  const [client] = group.clients
  const talking = talkUntil(
    group,
    (async () => {
      await sleep(500)
      await cluster.kill('database', 'SIGKILL')
      const ackedBefore = client!.acked.length
      await sleep(10_000)
      expect(client!.acked.length - ackedBefore).toBeLessThanOrEqual(1)
      await cluster.start('database')
      await sleep(1_000)
    })(),
  )
  await talking
  expect(await findViolations(cluster.url, group.clients, group.rooms)).toEqual([])
  for (const one of group.clients) one.close()
})
