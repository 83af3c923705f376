import type { Event } from '@parley/message-schema'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RoomFeeds } from '../room-feed/room-feeds.ts'
import type { LocalUsers } from '../sessions/local-users.ts'
import { Session } from '../sessions/session.ts'
import { startBeacon } from './beacon.ts'

const INTERVAL_MS = 5_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const said = (seq: number): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text: `m${seq}` },
})

/** `rooms` rooms at 10, and `count` sessions in all of them. `heard`: of each session, beacon by beacon. */
function begin({ count = 1, rooms = 2 } = {}) {
  const roomIds = Array.from({ length: rooms }, (_, at) => `r${at}`)
  const feeds = new RoomFeeds({
    deliver: () => undefined,
    fetchAfter: () => Promise.reject(new Error('away')),
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
  feeds.open(roomIds.map((roomId) => ({ roomId, head: 10, memberVersion: 1 })))
  const heard: Record<string, number>[][] = []
  const sessions: Session[] = []
  const add = (): Session => {
    const own: Record<string, number>[] = []
    heard.push(own)
    const session = new Session(
      {
        id: `s${sessions.length}`,
        join: () => undefined,
        leave: () => undefined,
        emit: (_name, fact) => void own.push(fact as Record<string, number>),
        unsentBytes: () => 0,
        close: () => undefined,
      },
      { userId: `u${sessions.length}`, expiresAtMs: Infinity },
    )
    session.isOpen = true
    for (const roomId of roomIds) {
      session.subscriptions.set(roomId, {
        visibleFrom: 1,
        pausedAt: undefined,
        pauses: 0,
        syncs: 0,
        addedAt: undefined,
      })
    }
    sessions.push(session)
    return session
  }
  for (let made = 0; made < count; made += 1) add()
  const users = { sessions: () => sessions.values() } as unknown as LocalUsers
  const beacon = startBeacon({ feeds, users, intervalMs: INTERVAL_MS })
  const say = (roomId: string, seq: number): void =>
    feeds.offer({ roomId, fromSeq: seq, memberVersion: 1, events: [said(seq)] })
  /** How many have heard how many beacons. */
  const tally = (beacons: number): number => heard.filter((own) => own.length === beacons).length
  return { feeds, sessions, heard, add, say, tally, beacon }
}

/** The timer of the next beacon, and the first turn of it. */
const nextBeacon = (): unknown => vi.advanceTimersByTime(INTERVAL_MS)
/** All its turns: the beacon after it is not due yet. */
const allTurns = (): unknown => vi.advanceTimersByTime(INTERVAL_MS - 1)

test('all rooms in the first beacon and each twelfth, else those that moved', () => {
  const { heard, say } = begin()
  const own = heard[0]
  nextBeacon()
  expect(own?.splice(0)).toEqual([{ r0: 10, r1: 10 }])
  nextBeacon()
  expect(own).toEqual([])
  say('r1', 11)
  nextBeacon()
  expect(own?.splice(0)).toEqual([{ r1: 11 }])
  for (let count = 4; count < 12; count += 1) nextBeacon()
  expect(own).toEqual([])
  nextBeacon()
  expect(own).toEqual([{ r0: 10, r1: 11 }])
})

test('who comes later is told of all rooms at first; who is not in them yet, or no more, of none', () => {
  const { heard, add, sessions } = begin({ count: 2 })
  sessions[1]!.isOpen = false
  nextBeacon()
  add()
  sessions[0]!.hasEnded = true
  nextBeacon()
  expect(heard).toEqual([[{ r0: 10, r1: 10 }], [], [{ r0: 10, r1: 10 }]])
})

test('many are told in turns, each once, and others’ work comes in between', () => {
  const { heard, tally } = begin({ count: 1_000, rooms: 20 })
  vi.advanceTimersByTime(INTERVAL_MS - 1)
  const turns: number[] = []
  const between = (): void => {
    turns.push(tally(1))
    if (turns.length < 10) setImmediate(between)
  }
  setTimeout(between, 1)
  vi.advanceTimersByTime(1)
  allTurns()
  const steps = turns.map((done, at) => done - (turns[at - 1] ?? 0))
  expect(Math.max(...steps)).toBeLessThan(200)
  expect(tally(1)).toBe(1_000)
  expect(heard.every(([first]) => Object.keys(first ?? {}).length === 20)).toBe(true)
})

test('what moves between two turns is named to all, by this beacon or by the next', () => {
  const { heard, say, tally } = begin({ count: 400, rooms: 20 })
  nextBeacon()
  allTurns()
  say('r3', 11)
  vi.advanceTimersByTime(1)
  expect(tally(2)).toBeGreaterThan(0)
  expect(tally(2)).toBeLessThan(400)
  say('r3', 12)
  say('r4', 11)
  allTurns()
  expect(tally(2)).toBe(400)
  vi.advanceTimersByTime(1)
  allTurns()
  expect(tally(3)).toBe(400)
  expect(heard.map((own) => own.at(-1))).toEqual(heard.map(() => ({ r3: 12, r4: 11 })))
})

test('once it was stopped nobody is told any more', () => {
  const { tally, beacon } = begin({ count: 400, rooms: 20 })
  nextBeacon()
  const told = tally(1)
  expect(told).toBeLessThan(400)
  beacon.stop()
  vi.advanceTimersByTime(2 * INTERVAL_MS)
  expect(tally(1)).toBe(told)
})
