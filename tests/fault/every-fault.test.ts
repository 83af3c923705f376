import { setTimeout as sleep } from 'node:timers/promises'
import { createWays, FAULTS, makeWhole, seededRandom, TARGET_ENV, type Ways } from '@parley/check'
import {
  findViolations,
  startTestCluster,
  type ResumingClient,
  type TestCluster,
} from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A fault lasts until what is said meanwhile is answered, and no longer than this. */
const MOST_MS = 300
const TIMEOUT_MS = 180_000

/** Those of servers that take each other's place have tests of their own. */
const HERE = FAULTS.filter(({ needs }) => ['local', 'proxy', 'any'].includes(needs))

let ways: Ways
let cluster: TestCluster
let roomId: string
let ada: ResumingClient
let bob: ResumingClient

beforeAll(async () => {
  ways = createWays({ seed: 1 })
  cluster = await startTestCluster({
    gateways: 2,
    restart: true,
    route: ways.route,
    env: { api: TARGET_ENV.api },
  })
  const people = [await cluster.register(), await cluster.register()] as const
  roomId = await cluster.createRoom(people)
  ada = cluster.resumingClient(people[0], [roomId])
  bob = cluster.resumingClient(people[1], [roomId], { transports: ['polling'] })
  await Promise.all([ada.ready(), bob.ready()])
})
afterAll(async () => {
  await cluster.stop()
  await ways.close()
})

test.for(HERE)('$name starts and heals', { timeout: TIMEOUT_MS }, async ({ name, start }) => {
  const fault = await start({ cluster, ways }, seededRandom(name))
  const said = ada.send(roomId, `while there is ${name}`)
  await Promise.race([said, sleep(MOST_MS)])
  await fault.heal()
  // The fault itself leaves nothing on any way.
  expect(ways.matching(/./u).flatMap((way) => way.toxics())).toEqual([])
  await makeWhole({ cluster, ways: undefined })
  await said
  const seq = await bob.send(roomId, `after ${name}`)
  await ada.recorder.reaches(roomId, seq, 60_000)
})

test('all that was said stands, once and in order', { timeout: TIMEOUT_MS }, async () => {
  expect(ada.acked).toHaveLength(HERE.length)
  expect(bob.acked).toHaveLength(HERE.length)
  expect(await findViolations(cluster.url, [ada, bob], [roomId])).toEqual([])
})
