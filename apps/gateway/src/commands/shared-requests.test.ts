import { randomUUID } from 'node:crypto'
import {
  ROOM_PARTITIONS,
  type CommandBatchResult,
  type GatewayCommand,
} from '@parley/message-schema'
import { partitionOf } from '@parley/server-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BatchMarks } from '../api-client/api-client.ts'
import { SharedRequests } from './shared-requests.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A room of each of some partitions. */
const ROOMS = new Map<number, string>()
while (ROOMS.size < ROOM_PARTITIONS) {
  const roomId = randomUUID()
  ROOMS.set(partitionOf(roomId, ROOM_PARTITIONS), roomId)
}

const say = (partition: number, text: string): GatewayCommand => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: ROOMS.get(partition) ?? '',
  clientMsgId: randomUUID(),
  text,
})
const PLAIN: BatchMarks = { isGathered: false, isRetry: false }
const textOf = (command: GatewayCommand): string => ('text' in command ? (command.text ?? '') : '')

interface Sent {
  readonly partition: number
  readonly texts: readonly string[]
  readonly isGathered: boolean
  readonly isRetry: boolean
  readonly answer: (servedBy?: string) => Promise<void>
  readonly fail: () => Promise<void>
}

/** Requests that are answered when they are told to, with what was said as its data and one piece of news a room. */
function begin() {
  const sent: Sent[] = []
  const shared = new SharedRequests(
    (partition, commands, { isGathered, isRetry }) =>
      new Promise((resolve, reject) => {
        const settle = async (): Promise<void> => {
          await vi.advanceTimersByTimeAsync(0)
        }
        sent.push({
          partition,
          texts: commands.map(textOf),
          isGathered,
          isRetry,
          answer: (servedBy = 'a1') => {
            const results = commands.map((one) => ({
              ok: true as const,
              data: { said: textOf(one) },
            }))
            const rooms = [...new Set(commands.map(({ roomId }) => roomId))]
            const news = rooms.map((roomId) => ({
              roomId,
              fromSeq: 1,
              memberVersion: 1,
              events: [],
            }))
            resolve({ results, news, servedBy })
            return settle()
          },
          fail: () => {
            reject(new Error('not reached'))
            return settle()
          },
        })
      }),
  )
  const send = (
    partition: number,
    texts: string,
    marks: Partial<BatchMarks> = {},
    traceparent?: string,
  ): Promise<CommandBatchResult> => {
    const commands = texts.split(' ').map((text) => say(partition, text))
    return shared.sendCommands(partition, commands, { ...PLAIN, ...marks }, traceparent)
  }
  /** Each partition has been answered once, alone. */
  const learn = async (partitions: readonly number[], servedBy = 'a1'): Promise<void> => {
    for (const partition of partitions) {
      void send(partition, 'first')
      await sent.at(-1)?.answer(servedBy)
    }
    sent.length = 0
  }
  return { send, sent, learn }
}

const saidOf = ({ results }: CommandBatchResult): unknown[] =>
  results.map((result) => result.ok && result.data['said'])
const roomsOf = ({ news }: CommandBatchResult): string[] => news.map(({ roomId }) => roomId)

test('a partition goes alone until it is known who answers it, and when few are under way', async () => {
  const { send, sent, learn } = begin()
  for (const partition of [1, 2, 3, 4]) void send(partition, 'x')
  expect(sent.map(({ partition }) => partition)).toEqual([1, 2, 3, 4])
  for (const one of sent) await one.answer()
  await learn([1, 2])
  void send(1, 'a')
  void send(2, 'b')
  expect(sent.map(({ texts }) => texts)).toEqual([['a'], ['b']])
})

test('what waits for the same replica goes together, and each is told its own', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  void send(1, 'a')
  void send(2, 'b')
  const [third, fourth] = [send(3, 'c d'), send(4, 'e')]
  expect(sent).toHaveLength(2)
  await sent[0]?.answer()
  expect(sent[2]).toMatchObject({ partition: 3, texts: ['c', 'd', 'e'], isGathered: false })
  await sent[2]?.answer()
  expect(saidOf(await third)).toEqual(['c', 'd'])
  expect(roomsOf(await third)).toEqual([ROOMS.get(3)])
  expect(saidOf(await fourth)).toEqual(['e'])
  expect(roomsOf(await fourth)).toEqual([ROOMS.get(4)])
})

test('replicas are apart: neither waits for the other, and no request is for both', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4], 'a1')
  await learn([11, 12, 13, 14], 'a2')
  for (const partition of [1, 2, 3, 11, 12, 4, 13, 14]) void send(partition, String(partition))
  expect(sent.map(({ texts }) => texts)).toEqual([['1'], ['2'], ['11'], ['12']])
  await sent[2]?.answer('a2')
  expect(sent.at(-1)?.texts).toEqual(['13', '14'])
  await sent[0]?.answer('a1')
  expect(sent.at(-1)?.texts).toEqual(['3', '4'])
})

test('what is sent again goes by itself, and nothing that is new is taken for it', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  for (const partition of [1, 2, 3]) void send(partition, 'x')
  void send(4, 'again', { isRetry: true })
  expect(sent.map(({ texts, isRetry }) => [texts, isRetry])).toEqual([
    [['x'], false],
    [['x'], false],
    [['again'], true],
  ])
})

test('what is gathered in busy rooms, or traced, goes by itself', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  for (const partition of [1, 2]) void send(partition, 'x')
  void send(3, 'busy', { isGathered: true })
  void send(4, 'traced', {}, '00-trace')
  expect(sent.map(({ texts, isGathered }) => [texts, isGathered])).toEqual([
    [['x'], false],
    [['x'], false],
    [['busy'], true],
    [['traced'], false],
  ])
})

test('a request that takes long keeps nobody else waiting', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  for (const partition of [1, 2, 3, 4]) void send(partition, String(partition))
  await vi.advanceTimersByTimeAsync(99)
  expect(sent).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(sent.at(-1)?.texts).toEqual(['3', '4'])
})

test('what fails is told to all of it, and each is tried alone', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  for (const partition of [1, 2]) void send(partition, 'x')
  const both = [send(3, 'c'), send(4, 'd')]
  await sent[0]?.answer()
  const failed = Promise.all(both.map((one) => expect(one).rejects.toThrow('not reached')))
  await sent[2]?.fail()
  await failed
  void send(3, 'c')
  void send(4, 'd')
  expect(sent.slice(3).map(({ texts }) => texts)).toEqual([['c'], ['d']])
})

test('answered by another replica, each goes alone to see where it is sent now', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2, 3, 4])
  for (const partition of [1, 2]) void send(partition, 'x')
  for (const partition of [3, 4]) void send(partition, 'x')
  await sent[0]?.answer()
  await sent[2]?.answer('a2')
  await sent[1]?.answer()
  for (const partition of [1, 2]) void send(partition, 'y')
  void send(3, 'alone')
  void send(4, 'alone-too')
  expect(sent.slice(-2).map(({ texts }) => texts)).toEqual([['alone'], ['alone-too']])
})

test('from time to time a partition goes alone, also when much is under way', async () => {
  const { send, sent, learn } = begin()
  await learn([1, 2])
  await vi.advanceTimersByTimeAsync(9_000)
  await learn([3, 4])
  for (const partition of [3, 4]) void send(partition, 'x')
  await vi.advanceTimersByTimeAsync(1)
  void send(1, 'waits')
  expect(sent).toHaveLength(2)
  await sent[0]?.answer()
  await sent[1]?.answer()
  await sent[2]?.answer()
  await vi.advanceTimersByTimeAsync(1_001)
  for (const partition of [3, 4]) void send(partition, 'x')
  void send(1, 'alone')
  expect(sent.at(-1)?.texts).toEqual(['alone'])
})

test('a request holds 500 commands, and about a megabyte', async () => {
  const { send, sent, learn } = begin()
  const partitions = Array.from({ length: 12 }, (_, n) => n)
  await learn(partitions)
  for (const partition of [0, 1]) void send(partition, 'x')
  const many = Array.from({ length: 200 }, () => 'y').join(' ')
  for (const partition of [2, 3, 4]) void send(partition, many)
  await sent[0]?.answer()
  expect(sent.at(-1)?.texts).toHaveLength(400)
  for (const partition of [5, 6, 7]) void send(partition, 'z'.repeat(130_000))
  await sent[1]?.answer()
  expect(sent.at(-1)?.texts).toHaveLength(202)
  await sent[2]?.answer()
  expect(sent.at(-1)?.texts).toHaveLength(1)
})

test('an API that does not say who it is is asked one partition at a time', async () => {
  const sent: number[] = []
  const shared = new SharedRequests((partition, commands) => {
    sent.push(partition)
    return Promise.resolve({ results: commands.map(() => ({ ok: true, data: {} })), news: [] })
  })
  for (let n = 0; n < 2; n += 1) {
    for (const partition of [1, 2, 3]) {
      await shared.sendCommands(partition, [say(partition, 'x')], PLAIN)
    }
  }
  expect(sent).toEqual([1, 2, 3, 1, 2, 3])
})
