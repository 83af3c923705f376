import { randomUUID } from 'node:crypto'
import { roomNewsChannel, USER_NEWS_CHANNEL, type RoomNews } from '@parley/message-schema'
import {
  createLogger,
  createPublisher,
  createRegistry,
  createSubscriber,
  FailPoints,
  type Redis,
} from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAnnouncements } from './announce.ts'
import { EventWaiters } from './wait-for-events.ts'

const logger = createLogger('test', 'silent')
const open: Redis[] = []
let publisher: Redis
let subscriber: Redis
beforeAll(async () => {
  publisher = createPublisher({ url: redisUrl(), name: 'test', logger })
  subscriber = createSubscriber({ url: redisUrl(), name: 'test', logger })
  open.push(publisher, subscriber)
  await eventually(() => expect(open.map(({ status }) => status)).toEqual(['ready', 'ready']))
})
afterAll(() => {
  for (const client of open) client.disconnect()
})

const newsOf = (roomId: string, seq: number): RoomNews => ({
  roomId,
  fromSeq: seq,
  memberVersion: 1,
  events: [
    {
      seq,
      type: 'message:created',
      ts: '2026-11-21T10:00:00.000Z',
      actor: { id: 'ada', kind: 'user' },
      msgNo: 1,
      data: { type: 'text', text: 'hello' },
    },
  ],
})

async function lostOf(metrics: ReturnType<typeof createRegistry>): Promise<number> {
  const { values } = (await metrics.getSingleMetric('parley_news_lost_total')?.get()) ?? {
    values: [],
  }
  return values.reduce((sum, { value }) => sum + value, 0)
}

test('what was committed is heard by whoever follows the room, and by nobody else', async () => {
  const [followed, other] = [randomUUID(), randomUUID()]
  const heard: [string, unknown][] = []
  const listener = createSubscriber({ url: redisUrl(), name: 'listener', logger })
  open.push(listener)
  listener.on('message', (channel, message) => heard.push([channel, JSON.parse(message)]))
  await listener.subscribe(roomNewsChannel(followed), USER_NEWS_CHANNEL)
  const metrics = createRegistry('test')
  const { announce } = createAnnouncements({
    publisher,
    logger,
    metrics,
    failPoints: new FailPoints(false),
  })
  announce([newsOf(other, 1), newsOf(followed, 4)], ['ada', 'bob'])
  announce([], [])
  announce([newsOf(followed, 5)], [])
  await eventually(() => expect(heard).toHaveLength(3))
  expect(heard).toEqual([
    [roomNewsChannel(followed), newsOf(followed, 4)],
    [USER_NEWS_CHANNEL, { userIds: ['ada', 'bob'] }],
    [roomNewsChannel(followed), newsOf(followed, 5)],
  ])
  expect(await lostOf(metrics)).toBe(0)
})

test('a Redis that is away is not waited for and not queued for: the loss is counted', async () => {
  const nowhere = createPublisher({ url: 'redis://127.0.0.1:1', name: 'nowhere', logger })
  open.push(nowhere)
  const metrics = createRegistry('test')
  const { announce } = createAnnouncements({
    publisher: nowhere,
    logger,
    metrics,
    failPoints: new FailPoints(false),
  })
  announce([newsOf(randomUUID(), 1), newsOf(randomUUID(), 1)], ['ada'])
  await eventually(async () => expect(await lostOf(metrics)).toBe(3))
})

test('news that a test lets be lost is lost once, and the next is heard', async () => {
  const roomId = randomUUID()
  const heard: string[] = []
  const listener = createSubscriber({ url: redisUrl(), name: 'listener', logger })
  open.push(listener)
  listener.on('message', (_channel, message) => heard.push(message))
  await listener.subscribe(roomNewsChannel(roomId))
  const failPoints = new FailPoints(true)
  failPoints.arm('lose-news', 1)
  const { announce } = createAnnouncements({
    publisher,
    logger,
    metrics: createRegistry('test'),
    failPoints,
  })
  announce([newsOf(roomId, 1)], [])
  announce([newsOf(roomId, 2)], [])
  await eventually(() => expect(heard).toHaveLength(1))
  expect(heard[0]).toContain('"seq":2')
})

test('a long poll is woken by what another replica announces', async () => {
  const roomId = randomUUID()
  const waiters = new EventWaiters({
    subscriber,
    logger,
    // A look finds nothing new, ever: only news wakes.
    readHeads: async () => new Map(),
  })
  const { announce } = createAnnouncements({
    publisher,
    logger,
    metrics: createRegistry('test'),
    failPoints: new FailPoints(false),
  })
  // Longer than a test may last: it is not the end of the time that wakes it.
  const waiting = waiters.wait(new Map([[roomId, 3]]), 600_000, new AbortController().signal)
  const repeat = setInterval(() => announce([newsOf(roomId, 4)], []), 20)
  await waiting
  clearInterval(repeat)
  waiters.close()
})
