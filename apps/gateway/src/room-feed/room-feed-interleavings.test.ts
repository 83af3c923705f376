import type { Event, RoomNews } from '@parley/message-schema'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RoomFeed } from './room-feed.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Mulberry32: a failing seed fails again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const roomId = '01900000-0000-7000-8000-000000000001'
const PEOPLE = ['ada', 'bob', 'eve']

interface Commit {
  readonly event: Event
  readonly memberVersion: number
}

/** A log in which people come and go, as a room's log allows: nobody joins twice. */
function makeLog(random: (below: number) => number, length: number): Commit[] {
  const inside = new Set(['ada'])
  let memberVersion = 1
  return Array.from({ length }, (_, index) => {
    const base = {
      seq: index + 1,
      ts: '2026-11-21T10:00:00.000Z',
      actor: { id: 'ada', kind: 'user' as const },
    }
    const userId = PEOPLE[random(PEOPLE.length)]!
    if (random(4) > 0) {
      return {
        event: { ...base, type: 'message:created', msgNo: 1, data: { type: 'text' } },
        memberVersion,
      }
    }
    memberVersion += 1
    if (inside.delete(userId)) {
      return {
        event: { ...base, type: 'member:left', data: { userId, reason: 'left' } },
        memberVersion,
      }
    }
    inside.add(userId)
    return {
      event: { ...base, type: 'member:joined', data: { userId, role: 'member' } },
      memberVersion,
    }
  })
}

async function play(seed: number): Promise<void> {
  const random = randomOf(seed)
  const log = makeLog(random, 40 + random(60))
  let committed = 0
  const handed: number[] = []
  /** Who is handed what: nobody, between their leaving and their joining. */
  const inside = new Set(['ada'])
  const faults: string[] = []
  let doubts = 0

  const feed = new RoomFeed(
    roomId,
    { head: 0, memberVersion: 1 },
    {
      deliver: (_room, events, head) => {
        for (const { seq } of events) handed.push(seq)
        if (head < events.at(-1)!.seq) faults.push('the head is behind what is handed over')
      },
      fetchAfter: async (_room, after) => {
        const knows = committed
        await new Promise((resolve) => {
          setTimeout(resolve, random(120))
        })
        if (random(4) === 0) throw new Error('the API is away')
        const events = log
          .slice(after, Math.min(knows, after + 1 + random(20)))
          .map(({ event }) => event)
        return { head: knows, memberVersion: log[knows - 1]?.memberVersion ?? 1, events }
      },
      scheduleFlush: (one) => {
        setTimeout(() => one.flush(), 0)
      },
      memberJoined: (_room, userId) => {
        if (inside.has(userId)) faults.push(`${userId} joined twice`)
        inside.add(userId)
      },
      roomDeleted: () => undefined,
      memberLeft: (_room, userId) => {
        if (!inside.delete(userId)) faults.push(`${userId} left twice`)
        const last = handed.at(-1) ?? 0
        if (last !== feed.position - 1)
          faults.push(`${userId} left after ${last}, at ${feed.position}`)
      },
      doubtMembers: () => {
        doubts += 1
      },
      repaired: () => undefined,
    },
  )

  const late: RoomNews[] = []
  while (committed < log.length || late.length > 0) {
    const size = Math.min(log.length - committed, random(5))
    if (size > 0) {
      const batch = log.slice(committed, committed + size)
      committed += size
      const made: RoomNews = {
        roomId,
        fromSeq: batch[0]!.event.seq,
        memberVersion: batch.at(-1)!.memberVersion,
        events: batch.map(({ event }) => event),
      }
      // By Redis and by the answer to our own command: each may come once, late, twice or not at all.
      for (let source = 0; source < 2; source += 1) {
        const fate = random(5)
        if (fate < 2) feed.offer(made)
        else if (fate < 4) late.push(made)
      }
    }
    while (late.length > 0 && random(3) > 0) {
      const [one] = late.splice(random(late.length), 1)
      feed.offer(one!)
      if (random(6) === 0) late.push(one!)
    }
    if (random(5) === 0) feed.noteHead(committed)
    if (random(6) === 0) void feed.reach(random(committed + 1))
    if (random(3) === 0) await vi.advanceTimersByTimeAsync(random(80))
  }
  // Nothing more is said in the room: reconciliation alone has to find what is missing.
  feed.noteHead(log.length)
  await vi.advanceTimersByTimeAsync(60_000)

  expect(handed).toEqual(log.map(({ event }) => event.seq))
  expect(faults).toEqual([])
  expect(doubts, 'the log alone tells who is a member').toBe(0)
  feed.close()
}

test('whatever is lost, doubled, late or out of order: each event once, in order, none skipped', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    await play(seed).catch((cause: unknown) => {
      throw new Error(`seed ${seed}`, { cause })
    })
  }
}, 60_000)
