import type { ReconcileRequest, ReconcileResult } from '@parley/message-schema'
import { afterEach, expect, test, vi } from 'vitest'
import { HeadCheck } from './head-check.ts'
import { RoomFeeds } from './room-feeds.ts'

afterEach(() => {
  vi.useRealTimers()
})

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

interface Question {
  readonly asked: string[]
  readonly answer: (heads: Readonly<Record<string, number>>) => void
  readonly fail: () => void
}

/** Three rooms at 10; questions wait until the test answers them. */
function begin(gatherMs = 0) {
  const questions: Question[] = []
  const fetched: string[] = []
  const feeds = new RoomFeeds({
    deliver: () => undefined,
    fetchAfter: (roomId, after) => {
      fetched.push(`${roomId} after ${after}`)
      return new Promise(() => undefined)
    },
    memberJoined: () => undefined,
    roomDeleted: () => undefined,
    memberLeft: () => undefined,
    doubtMembers: () => undefined,
    repaired: () => undefined,
    follow: () => undefined,
    unfollow: () => undefined,
    hasLocalMembers: () => true,
    windowOf: () => 0,
  })
  feeds.open(['a', 'b', 'c'].map((roomId) => ({ roomId, head: 10, memberVersion: 1 })))
  const heads = new HeadCheck({
    feeds,
    reconcile: ({ rooms }: ReconcileRequest) =>
      new Promise<ReconcileResult>((resolve, reject) => {
        questions.push({
          asked: Object.keys(rooms),
          answer: (behind) =>
            resolve({
              rooms: Object.fromEntries(
                Object.entries(behind).map(([id, head]) => [id, { head, memberVersion: 1 }]),
              ),
              users: [],
              epoch: 1,
            }),
          fail: () => reject(new Error('away')),
        })
      }),
    noteEpoch: () => undefined,
    gatherMs,
  })
  return { heads, feeds, questions, fetched }
}

test('one question is under way, and all that is followed meanwhile is the next', async () => {
  const { heads, questions } = begin()
  heads.lookAt(['a'])
  await turn()
  heads.lookAt(['b'])
  heads.lookAt(['c', 'b'])
  const synced = heads.bringUpToDate(['a'])
  await turn()
  expect(questions.map(({ asked }) => asked)).toEqual([['a']])
  questions[0]?.answer({})
  await turn()
  expect(questions.map(({ asked }) => asked)).toEqual([['a'], ['b', 'c', 'a']])
  questions[1]?.answer({})
  await synced
  await turn()
  expect(questions).toHaveLength(2)
})

test('who asks soon after others waits for those who come next; who asks later waits for nobody', async () => {
  vi.useFakeTimers()
  const { heads, questions } = begin(10)
  heads.lookAt(['a'])
  await vi.advanceTimersByTimeAsync(0)
  expect(questions.map(({ asked }) => asked)).toEqual([['a']])
  questions[0]?.answer({})
  heads.lookAt(['b'])
  await vi.advanceTimersByTimeAsync(9)
  heads.lookAt(['c'])
  expect(questions).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(questions.map(({ asked }) => asked)).toEqual([['a'], ['b', 'c']])
  questions[1]?.answer({})
  await vi.advanceTimersByTimeAsync(10)
  heads.lookAt(['a'])
  await vi.advanceTimersByTimeAsync(0)
  expect(questions).toHaveLength(3)
})

test('what was said before a room was followed is fetched', async () => {
  const { heads, questions, fetched, feeds } = begin()
  heads.lookAt(['a', 'b'])
  await turn()
  questions[0]?.answer({ b: 12 })
  await expect.poll(() => fetched).toEqual(['b after 10'])
  feeds.closeAll()
})

test('a question that fails fails nobody who follows, and holds up no other', async () => {
  const { heads, questions } = begin()
  heads.lookAt(['a'])
  const synced = heads.bringUpToDate(['b'])
  await turn()
  heads.lookAt(['c'])
  // A rejection that nobody heeds would fail the test.
  questions[0]?.fail()
  await expect(synced).rejects.toThrow('away')
  await turn()
  expect(questions[1]?.asked).toEqual(['c'])
})
