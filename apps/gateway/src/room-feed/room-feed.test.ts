import type { Event, RoomNews } from '@parley/message-schema'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RoomFeed, type EventRange, type RoomFeedPorts } from './room-feed.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const roomId = '01900000-0000-7000-8000-000000000001'
const ts = '2026-11-21T10:00:00.000Z'
const ada = { id: 'ada', kind: 'user' as const }
const said = (seq: number): Event => ({
  seq,
  type: 'message:created',
  ts,
  actor: ada,
  msgNo: seq,
  data: { type: 'text', text: `m${seq}` },
})
const joined = (seq: number, userId: string): Event => ({
  seq,
  type: 'member:joined',
  ts,
  actor: ada,
  data: { userId, role: 'member' },
})
const left = (seq: number, userId: string): Event => ({
  seq,
  type: 'member:left',
  ts,
  actor: ada,
  data: { userId, reason: 'left' },
})
const news = (events: Event[], memberVersion = 1): RoomNews => ({
  roomId,
  fromSeq: events[0]!.seq,
  memberVersion,
  events,
})
const range = (from: number, to: number): Event[] =>
  Array.from({ length: to - from + 1 }, (_, i) => said(from + i))

/** A feed at `head`, the log behind it, and everything that it did, in order. */
function begin(head = 0, log: Event[] = []) {
  const did: string[] = []
  const fetches: number[] = []
  const control = {
    fetch: async (after: number): Promise<EventRange> => ({
      head: log.length,
      memberVersion: 1,
      events: log.filter(({ seq }) => seq > after),
    }),
  }
  const ports: RoomFeedPorts = {
    deliver: (_room, events) => did.push(`deliver ${events.map(({ seq }) => seq).join()}`),
    fetchAfter: async (_room, after) => {
      fetches.push(after)
      return control.fetch(after)
    },
    scheduleFlush: () => did.push('schedule'),
    memberJoined: (_room, userId) => did.push(`joined ${userId}`),
    roomDeleted: () => undefined,
    memberLeft: (_room, userId) => did.push(`left ${userId}`),
    doubtMembers: () => did.push('doubt'),
    repaired: (events) => did.push(`repaired ${events}`),
  }
  const feed = new RoomFeed(roomId, { head, memberVersion: 1 }, ports)
  const delivered = (): string[] => did.filter((what) => !what.startsWith('schedule'))
  return { feed, did, delivered, fetches, control, log }
}

describe('what comes next', () => {
  test('the expected is handed over with all else of its turn, in one piece', () => {
    const { feed, did } = begin(4)
    feed.offer(news([said(5)]))
    feed.offer(news([said(6), said(7)]))
    expect(did).toEqual(['schedule'])
    feed.flush()
    feed.flush()
    expect(did).toEqual(['schedule', 'deliver 5,6,7'])
    feed.offer(news([said(8)]))
    expect(did.at(-1)).toBe('schedule')
  })

  test('what was handed over before is dropped, also inside news that is partly new', () => {
    const { feed, delivered } = begin(4)
    feed.offer(news(range(5, 7)))
    feed.offer(news([said(6)]))
    feed.offer(news(range(1, 4)))
    feed.offer(news(range(3, 9)))
    feed.flush()
    expect(delivered()).toEqual(['deliver 5,6,7,8,9'])
  })

  test('what comes too early is held, and those before it may still come by themselves', async () => {
    const { feed, delivered, fetches } = begin(4)
    feed.offer(news([said(7)]))
    feed.offer(news([said(6)]))
    await vi.advanceTimersByTimeAsync(40)
    expect([feed.position, feed.head]).toEqual([4, 7])
    feed.offer(news([said(5)]))
    feed.flush()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(delivered()).toEqual(['deliver 5,6,7'])
    expect(fetches).toEqual([])
  })
})

describe('repair', () => {
  test('what does not come is fetched once, 50 ms later, for however many were held', async () => {
    const { feed, delivered, fetches } = begin(0, range(1, 9))
    for (const seq of [9, 3, 5, 9, 7]) feed.offer(news([said(seq)]))
    await vi.advanceTimersByTimeAsync(49)
    expect(fetches).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    feed.flush()
    expect(fetches).toEqual([0])
    expect(delivered()).toEqual(['repaired 9', 'deliver 1,2,3,4,5,6,7,8,9'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fetches).toEqual([0])
  })

  test('a head that was told is enough, though no event came', async () => {
    const { feed, delivered } = begin(2, range(1, 5))
    feed.noteHead(5)
    feed.noteHead(1)
    await vi.advanceTimersByTimeAsync(50)
    feed.flush()
    expect(delivered()).toEqual(['repaired 3', 'deliver 3,4,5'])
  })

  test('a log longer than one answer is fetched piece by piece', async () => {
    const { feed, fetches, control, log } = begin(0, range(1, 10))
    control.fetch = async (after) => ({
      head: 10,
      memberVersion: 1,
      events: log.filter(({ seq }) => seq > after).slice(0, 4),
    })
    feed.noteHead(10)
    await vi.advanceTimersByTimeAsync(50)
    expect(fetches).toEqual([0, 4, 8])
    expect(feed.position).toBe(10)
  })

  test('a fetch that fails, or answers nothing, is tried again until the gap is closed', async () => {
    const { feed, fetches, control } = begin(0, range(1, 3))
    const answer = control.fetch
    control.fetch = async () => {
      throw new Error('the API is away')
    }
    feed.offer(news([said(3)]))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(fetches.length).toBeGreaterThanOrEqual(3)
    expect(fetches.length).toBeLessThanOrEqual(6)
    control.fetch = async () => ({ head: 3, memberVersion: 1, events: [] })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(feed.position).toBe(0)
    control.fetch = answer
    await vi.advanceTimersByTimeAsync(500)
    expect(feed.position).toBe(3)
    const count = fetches.length
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fetches).toHaveLength(count)
  })

  test('one fetch is under way at a time, and what comes meanwhile is not lost', async () => {
    const { feed, fetches, control, log, delivered } = begin(0, range(1, 4))
    let answer = (): void => undefined
    control.fetch = (after) =>
      new Promise((resolve) => {
        const events = log.filter(({ seq }) => seq > after)
        answer = () => resolve({ head: 4, memberVersion: 1, events })
      })
    feed.noteHead(4)
    await vi.advanceTimersByTimeAsync(50)
    feed.offer(news([said(5)]))
    feed.offer(news([said(1)]))
    void feed.reach(5)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(fetches).toEqual([0])
    answer()
    await vi.advanceTimersByTimeAsync(0)
    feed.flush()
    expect(feed.position).toBe(5)
    expect(delivered().filter((what) => what.startsWith('deliver'))).toEqual(['deliver 1,2,3,4,5'])
  })

  test('thousands that come too early are not all held, and all are handed over', async () => {
    const { feed } = begin(0, range(1, 5_000))
    for (let seq = 5_000; seq >= 2; seq -= 1) feed.offer(news([said(seq)]))
    await vi.advanceTimersByTimeAsync(50)
    expect(feed.position).toBe(5_000)
  })
})

describe('members', () => {
  test('who leaves is handed all before it and nothing after it', () => {
    const { feed, delivered } = begin(0)
    feed.offer(news([said(1), said(2), left(3, 'bob'), said(4)], 2))
    feed.flush()
    expect(delivered()).toEqual(['deliver 1,2', 'left bob', 'deliver 3,4'])
  })

  test('who left and came back in one turn is taken out before they are let in', () => {
    const { feed, delivered } = begin(0)
    feed.offer(news([said(1), left(2, 'bob'), said(3), joined(4, 'bob'), said(5)], 3))
    feed.flush()
    expect(delivered()).toEqual(['deliver 1', 'left bob', 'joined bob', 'deliver 2,3,4,5'])
  })

  test('a leaving that only the repair brings is heeded the same', async () => {
    const { feed, delivered } = begin(0, [said(1), left(2, 'bob'), said(3)])
    feed.noteHead(3)
    await vi.advanceTimersByTimeAsync(50)
    feed.flush()
    expect(delivered()).toEqual(['deliver 1', 'left bob', 'repaired 3', 'deliver 2,3'])
  })

  test('news of another version of the members is a doubt, once', () => {
    const { feed, delivered } = begin(0)
    feed.offer(news([said(1)], 1))
    expect(delivered()).toEqual([])
    feed.offer(news([said(2)], 4))
    feed.offer(news([said(3)], 4))
    expect(delivered()).toEqual(['doubt'])
  })

  test('joinings and leavings move the version by themselves, and old news is no doubt', () => {
    const { feed, delivered } = begin(0)
    feed.offer(news([joined(1, 'eve'), left(2, 'eve')], 3))
    feed.offer(news([said(3)], 3))
    feed.offer(news([joined(1, 'eve')], 2))
    feed.offer(news([said(3)], 3))
    expect(delivered()).not.toContain('doubt')
  })

  test.each([
    ['did not', [said(11)], 'no'],
    ['left', [said(11), left(12, 'bob'), said(13)], 'yes'],
    ['left, as another did', [left(11, 'eve')], 'no'],
    ['joined', [joined(11, 'bob')], 'no'],
  ] as const)('whether somebody left since: %s', (_, events, answer) => {
    const { feed } = begin(10)
    feed.offer(news([...events]))
    expect(feed.leftSince('bob', 10)).toBe(answer)
  })

  test('of what was before it began, or is still to come, a feed knows nothing', () => {
    const { feed } = begin(10)
    feed.offer(news([left(11, 'bob'), said(12)]))
    expect(feed.leftSince('bob', 9)).toBe('unknown')
    expect(feed.leftSince('bob', 11)).toBe('no')
    expect(feed.leftSince('bob', 12)).toBe('no')
    expect(feed.leftSince('bob', 20)).toBe('no')
  })
})

describe('reaching', () => {
  test('it resolves when everything up to there was released, and asks at once for what is missing', async () => {
    const { feed, fetches } = begin(0, range(1, 5))
    let reached = false
    void feed.reach(5).then(() => {
      reached = true
    })
    feed.offer(news(range(1, 4)))
    expect(reached).toBe(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(fetches).toEqual([4])
    expect(reached).toBe(true)
    await feed.reach(3)
  })

  test('each waits for its own place', async () => {
    const { feed } = begin(0)
    const reached: number[] = []
    for (const seq of [3, 1, 2]) void feed.reach(seq).then(() => reached.push(seq))
    feed.offer(news([said(1)]))
    await vi.advanceTimersByTimeAsync(0)
    expect(reached).toEqual([1])
    feed.offer(news(range(2, 3)))
    await vi.advanceTimersByTimeAsync(0)
    expect(reached.toSorted()).toEqual([1, 2, 3])
  })

  test('closing lets all go, fetches nothing more and hands over nothing more', async () => {
    const { feed, fetches, did } = begin(0, range(1, 5))
    const waiting = feed.reach(5)
    feed.close()
    await waiting
    feed.offer(news([said(1)]))
    feed.noteHead(9)
    await feed.reach(9)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fetches).toEqual([])
    expect(did).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('an answer that comes after the closing is for nobody', async () => {
    const { feed, control, did } = begin(0)
    let answer = (): void => undefined
    control.fetch = () =>
      new Promise((resolve) => {
        answer = () => resolve({ head: 1, memberVersion: 1, events: [said(1)] })
      })
    feed.noteHead(1)
    await vi.advanceTimersByTimeAsync(50)
    feed.close()
    answer()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(did).toEqual([])
  })
})
