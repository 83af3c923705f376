import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { roomNewsChannel, roomSignsChannel } from '@parley/message-schema'
import { createLogger, createSubscriber } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { RedisNews } from './redis-news.ts'

const redis = new Redis(redisUrl())
afterAll(() => redis.quit())
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A way to Redis that can be cut at every moment. */
async function openWay() {
  const to = new URL(redisUrl())
  const ends = new Set<Socket>()
  const state = {
    swallows: false,
    swallowsAt: '',
    swallowed: '',
    cutsAt: '',
    answersLeft: Infinity,
    /** All that came. */
    asked: '',
  }
  const cut = (): void => {
    for (const end of ends) end.destroy()
  }
  const server = createServer((client) => {
    const upstream = connect(Number(to.port), to.hostname)
    client.on('data', (data) => {
      const text = data.toString()
      state.asked += text
      state.swallows ||= state.swallowsAt !== '' && text.includes(state.swallowsAt)
      if (state.cutsAt !== '' && text.includes(state.cutsAt)) {
        state.cutsAt = ''
        cut()
      } else if (state.swallows) state.swallowed += text
      else upstream.write(data)
    })
    upstream.on('data', (data) => {
      client.write(data.subarray(0, state.answersLeft))
      state.answersLeft -= data.length
      if (state.answersLeft > 0) return
      state.answersLeft = Infinity
      client.end()
      cut()
    })
    for (const end of [client, upstream]) {
      ends.add(end)
      end.on('error', () => undefined)
      end.on('close', () => {
        ends.delete(end)
        client.destroy()
        upstream.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    cut()
    server.close()
  })
  return { state, cut, url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function hear() {
  const way = await openWay()
  const logger = createLogger('test', 'silent')
  const warn = vi.spyOn(logger, 'warn')
  const subscriber = createSubscriber({ url: way.url, name: 'test', logger })
  closing.push(() => subscriber.disconnect())
  const [following, heard]: [string[], string[]] = [[], []]
  const news = new RedisNews({
    subscriber,
    onRoomNews: ({ roomId }) => heard.push(roomId),
    onRoomSign: () => undefined,
    onUserNews: () => undefined,
    onFollowing: (roomIds) => following.push(...roomIds),
    onAway: () => undefined,
    onBack: () => undefined,
    logger,
  })
  return { ...way, subscriber, news, following, heard, warn }
}

const say = (roomId: string): Promise<number> =>
  redis.publish(
    roomNewsChannel(roomId),
    JSON.stringify({ roomId, fromSeq: 1, memberVersion: 1, events: [] }),
  )

test('rooms that were asked for when the connection ended are followed on the next', async () => {
  const { news, state, cut, following, heard } = await hear()
  const [before, during, left, after] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  news.follow([before])
  await eventually(() => expect(following).toEqual([before]))
  // Redis is halted, or the way to it leads nowhere: nothing is answered.
  state.swallows = true
  news.follow([during, left])
  news.unfollow([left])
  await eventually(() => expect(state.swallowed).toContain('unsubscribe'))
  cut()
  news.follow([after])
  state.swallows = false
  await eventually(() => expect(following).toEqual([before, during, left, after]))
  for (const roomId of [before, during, left, after]) await say(roomId)
  await eventually(() => expect(heard).toEqual([before, during, after]))
})

test('all are heard again when the connection ends once more before they were', async () => {
  const { news, state, cut, following, heard } = await hear()
  const roomId = randomUUID()
  news.follow([roomId])
  await eventually(() => expect(following).toEqual([roomId]))
  state.cutsAt = roomId
  cut()
  await eventually(() => expect(state.cutsAt).toBe(''))
  await eventually(async () => {
    await say(roomId)
    expect(heard).toContain(roomId)
  })
})

test('an answer of which a part came is asked for as a whole', async () => {
  const { news, state, following, subscriber, warn } = await hear()
  await eventually(() => expect(subscriber.status).toBe('ready'))
  const rooms = Array.from({ length: 1_200 }, () => randomUUID())
  state.answersLeft = 100_000
  news.follow(rooms)
  await eventually(() => expect(following).toHaveLength(1_200))
  const channels = rooms.flatMap((roomId) => [roomNewsChannel(roomId), roomSignsChannel(roomId)])
  await eventually(async () => {
    const counts = (await redis.pubsub('NUMSUB', ...channels)) as unknown[]
    expect(counts.filter((count) => Number(count) === 1)).toHaveLength(2_400)
  })
  expect(warn).not.toHaveBeenCalled()
})

/** How many channels each command names. */
const sizesOf = (asked: string): number[] =>
  Array.from(
    asked.matchAll(/\*(\d+)\r\n\$\d+\r\n\w*subscribe\r\n/gu),
    ([, parts]) => Number(parts) - 1,
  )

test('many rooms are asked for in pieces, also on the next connection', async () => {
  const { news, state, cut, following, subscriber } = await hear()
  await eventually(() => expect(subscriber.status).toBe('ready'))
  const rooms = Array.from({ length: 1_200 }, () => randomUUID())
  state.asked = ''
  news.follow(rooms)
  await eventually(() => expect(following).toHaveLength(1_200))
  expect(sizesOf(state.asked)).toEqual([1_000, 1_000, 400])
  state.asked = ''
  cut()
  // Those of users besides.
  await eventually(() => expect(sizesOf(state.asked)).toEqual([1_000, 1_000, 401]))
  state.asked = ''
  news.unfollow(rooms)
  await eventually(() => expect(sizesOf(state.asked)).toEqual([1_000, 1_000, 400]))
})

test('a gateway that leaves before Redis has answered leaves in peace', async () => {
  const { news, state, cut, following, subscriber } = await hear()
  const roomId = randomUUID()
  news.follow([roomId])
  await eventually(() => expect(following).toEqual([roomId]))
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  closing.push(() => process.off('unhandledRejection', note))
  state.swallowsAt = roomId
  cut()
  await eventually(() => expect(state.swallowed).toContain(roomId))
  news.follow([randomUUID()])
  news.unfollow([roomId])
  subscriber.disconnect()
  await eventually(() => expect(subscriber.status).toBe('end'))
  await sleep(20)
  expect(unhandled).toEqual([])
})
