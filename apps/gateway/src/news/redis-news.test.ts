import { EventEmitter } from 'node:events'
import { roomNewsChannel, roomSignsChannel, type RoomNews } from '@parley/message-schema'
import { createLogger, createSubscriber } from '@parley/server-kit'
import { afterEach, expect, test, vi } from 'vitest'
import { RedisNews } from './redis-news.ts'

const logger = createLogger('test', 'silent')
const roomId = '01900000-0000-7000-8000-000000000001'

function hear() {
  const redis = Object.assign(new EventEmitter(), {
    status: 'ready',
    subscribe: async (..._channels: string[]) => 0,
    unsubscribe: async (..._channels: string[]) => 0,
  })
  const heard: RoomNews[] = []
  const following: string[] = []
  const news = new RedisNews({
    subscriber: redis as never,
    onRoomNews: (said) => heard.push(said),
    onRoomSign: () => undefined,
    onUserNews: () => undefined,
    onFollowing: (roomIds) => following.push(...roomIds),
    onAway: () => undefined,
    onBack: () => undefined,
    logger,
  })
  const say = (...events: unknown[]): void => {
    const said = { roomId, fromSeq: 6, memberVersion: 1, events }
    redis.emit('message', roomNewsChannel(roomId), JSON.stringify(said))
  }
  return { redis, news, heard, following, say }
}

const whole = {
  seq: 6,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  data: { type: 'text', text: 'hello' },
}

test('what is whole is heard, with a text or without', () => {
  const { heard, say } = hear()
  say(whole, { ...whole, seq: 7, data: { type: 'text', deleted: true } })
  say({ ...whole, type: 'member:left', data: { userId: 'bob', reason: 'left' } })
  expect(heard.map(({ events }) => events.length)).toEqual([2, 1])
})

test.each([
  ['no time', { ts: undefined }],
  ['a time that is none', { ts: 'yesterday' }],
  ['a number as its time', { ts: 7 }],
  ['another place', { seq: 7 }],
  ['no type', { type: undefined }],
  ['nobody who did it', { actor: {} }],
  ['no data', { data: null }],
  ['a text that is none', { data: { type: 'text', text: null } }],
  ['nobody who left', { type: 'member:left', data: {} }],
])('an event with %s is dropped, and all that came with it', (_, wrong) => {
  const { heard, say } = hear()
  say({ ...whole, ...wrong }, { ...whole, seq: 7 })
  expect(heard).toEqual([])
})

const rooms = Array.from({ length: 130_000 }, (_, n) => `room ${n}`)
const ending: (() => void)[] = []
afterEach(() => {
  for (const end of ending.splice(0)) end()
})

test('more rooms than a call takes arguments are followed, and left, in pieces', async () => {
  const { redis, news, following } = hear()
  const calls = [vi.spyOn(redis, 'subscribe'), vi.spyOn(redis, 'unsubscribe')]
  news.follow(rooms)
  news.unfollow(rooms)
  for (const { mock } of calls) {
    expect(Math.max(...mock.calls.map((channels) => channels.length))).toBe(1_000)
    const asked = mock.calls.flat()
    expect(asked).toHaveLength(2 * rooms.length)
    expect(asked.slice(-2)).toEqual([
      roomNewsChannel('room 129999'),
      roomSignsChannel('room 129999'),
    ])
  }
  await vi.waitFor(() => expect(following).toEqual(rooms))
})

test('they are left without a throw also once the connection was ended', async () => {
  // Nobody listens there.
  const subscriber = createSubscriber({ url: 'redis://127.0.0.1:1', name: 'test', logger })
  ending.push(() => subscriber.disconnect())
  const news = new RedisNews({ ...silent, subscriber })
  news.follow(rooms)
  subscriber.disconnect()
  news.unfollow(rooms)
  await vi.waitFor(() => expect(subscriber.status).toBe('end'))
})

const silent = {
  onRoomNews: () => undefined,
  onRoomSign: () => undefined,
  onUserNews: () => undefined,
  onFollowing: () => undefined,
  onAway: () => undefined,
  onBack: () => undefined,
  logger,
}
