import type { AudienceAsk, PresenceEntry, PresenceState, Watchable } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import { expect, test, vi } from 'vitest'
import { Session } from '../sessions/session.ts'
import { PresenceWatch } from './presence-watch.ts'

const DOUBT_MS = 3_000
const quiet = { debug: () => undefined } as unknown as Logger

const entry = (more: Partial<PresenceEntry> = {}): PresenceEntry => ({
  status: 'online',
  text: null,
  version: 1,
  idle: false,
  leaving: false,
  ...more,
})

/** One gateway that watches, and what it would read of the others and of the API. */
function setUp() {
  const there = new Map<string, PresenceEntry[]>()
  const hidden = new Set<string>()
  const did: string[] = []
  let isAway = false
  const watch = new PresenceWatch({
    readEntries: async (userIds) => {
      if (isAway) throw new Error('Redis is away.')
      did.push(`read ${userIds.toSorted().join()}`)
      return new Map([...there].filter(([userId]) => userIds.includes(userId)))
    },
    findWatchable: async ({ watcherId, userIds }: AudienceAsk) => {
      did.push(`ask ${watcherId}: ${userIds.join()}`)
      return userIds.map((userId): Watchable => {
        const isShown = !hidden.has(userId)
        return { userId, presence: isShown, lastSeen: isShown }
      })
    },
    follow: (userIds) => did.push(`follow ${userIds.join()}`),
    unfollow: (userIds) => did.push(`unfollow ${userIds.join()}`),
    doubtMs: DOUBT_MS,
    logger: quiet,
  })
  const session = (userId: string) => {
    const told: PresenceState[][] = []
    const one = new Session(
      {
        id: 'socket',
        join: () => undefined,
        leave: () => undefined,
        emit: (_name, fact) => told.push((fact as { states: PresenceState[] }).states),
        unsentBytes: () => 0,
        close: () => undefined,
      },
      { userId, expiresAtMs: Infinity },
    )
    return Object.assign(one, { told })
  }
  const tick = () => watch.tick(Date.now())
  return {
    watch,
    there,
    hidden,
    did,
    session,
    tick,
    away: (away: boolean) => {
      isAway = away
    },
  }
}

test('many changes of many people are read once and told in one packet', async () => {
  const { watch, there, session, did, tick } = setUp()
  const bob = session('bob')
  expect(await watch.subscribe(bob, ['ada', 'eve', 'ada'])).toEqual([
    { userId: 'ada', status: 'offline' },
    { userId: 'eve', status: 'offline' },
  ])
  there.set('ada', [entry()])
  there.set('eve', [entry({ status: 'dnd' })])
  did.length = 0
  for (let n = 0; n < 10; n += 1) watch.look(['ada', 'eve', 'nobody watches them'])
  await tick()
  expect(did).toEqual(['read ada,eve'])
  expect(bob.told).toEqual([
    [
      { userId: 'ada', status: 'online' },
      { userId: 'eve', status: 'dnd' },
    ],
  ])
  watch.look(['ada'])
  await tick()
  expect(bob.told).toHaveLength(1)
})

test('a user is followed for as long as somebody watches them', async () => {
  const { watch, session, did } = setUp()
  const [bob, carol] = [session('bob'), session('carol')]
  await watch.subscribe(bob, ['ada'])
  await watch.subscribe(carol, ['ada', 'eve'])
  await watch.subscribe(bob, [])
  watch.ended(carol)
  expect(did.filter((what) => what.includes('follow'))).toEqual([
    'follow ada',
    'follow eve',
    'unfollow ada,eve',
  ])
  expect(watch.size).toBe(0)
})

test('who may not see is told that they are offline, and never anything else', async () => {
  const { watch, there, hidden, session, tick } = setUp()
  hidden.add('ada')
  there.set('ada', [entry()])
  const bob = session('bob')
  expect(await watch.subscribe(bob, ['ada'])).toEqual([{ userId: 'ada', status: 'offline' }])
  there.set('ada', [entry({ status: 'dnd', version: 2 })])
  watch.look(['ada'])
  await tick()
  watch.left('ada', Date.now())
  there.delete('ada')
  await tick()
  expect(bob.told).toEqual([])
})

test('who may see no more is told so at once, and who may from now on too', async () => {
  const { watch, there, hidden, session, tick } = setUp()
  there.set('ada', [entry()])
  const bob = session('bob')
  await watch.subscribe(bob, ['ada'])
  hidden.add('ada')
  watch.doubtAudienceOf('ada')
  await tick()
  expect(bob.told).toEqual([[{ userId: 'ada', status: 'offline' }]])
  hidden.delete('ada')
  watch.doubtWatcher(bob)
  await tick()
  expect(bob.told.at(-1)).toEqual([{ userId: 'ada', status: 'online' }])
})

test('who was seen leaving is gone; who has vanished is doubted first', async () => {
  vi.useFakeTimers()
  try {
    const { watch, there, session, tick } = setUp()
    there.set('ada', [entry()]).set('eve', [entry()])
    const bob = session('bob')
    await watch.subscribe(bob, ['ada', 'eve'])
    there.clear()
    watch.left('ada', Date.parse('2026-01-01T10:20:30.400Z'))
    watch.lookAtAll()
    await tick()
    const gone = { userId: 'ada', status: 'offline', lastSeenAt: '2026-01-01T10:20:00.000Z' }
    expect(bob.told).toEqual([[gone]])
    vi.advanceTimersByTime(DOUBT_MS - 1)
    await tick()
    expect(bob.told).toHaveLength(1)
    vi.advanceTimersByTime(1)
    await tick()
    expect(bob.told.at(-1)).toMatchObject([{ userId: 'eve', status: 'offline' }])
  } finally {
    vi.useRealTimers()
  }
})

test('who was doubted and is there again has never been away', async () => {
  vi.useFakeTimers()
  try {
    const { watch, there, session, tick } = setUp()
    there.set('ada', [entry()])
    const bob = session('bob')
    await watch.subscribe(bob, ['ada'])
    there.clear()
    watch.lookAtAll()
    await tick()
    there.set('ada', [entry()])
    vi.advanceTimersByTime(DOUBT_MS)
    await tick()
    vi.advanceTimersByTime(DOUBT_MS)
    await tick()
    expect(bob.told).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})

test('what cannot be read is not known, and told when it can', async () => {
  const { watch, there, session, tick, away } = setUp()
  there.set('ada', [entry()])
  away(true)
  const bob = session('bob')
  expect(await watch.subscribe(bob, ['ada'])).toEqual([])
  await tick()
  expect(bob.told).toEqual([])
  away(false)
  await tick()
  expect(bob.told).toEqual([[{ userId: 'ada', status: 'online' }]])
})

test('who reads slowly is told later, and only what is true then', async () => {
  const { watch, there, session, tick } = setUp()
  const bob = session('bob')
  await watch.subscribe(bob, ['ada'])
  bob.laggingSinceMs = 1
  for (const status of ['online', 'dnd', 'away'] as const) {
    there.set('ada', [entry({ status })])
    watch.look(['ada'])
    await tick()
  }
  expect(bob.told).toEqual([])
  bob.laggingSinceMs = undefined
  await tick()
  expect(bob.told).toEqual([[{ userId: 'ada', status: 'away' }]])
})

test('of two subscriptions that overtake each other the later holds', async () => {
  const { watch, session } = setUp()
  const bob = session('bob')
  await Promise.all([watch.subscribe(bob, ['ada']), watch.subscribe(bob, ['eve'])])
  expect(watch.size).toBe(1)
  watch.ended(bob)
  expect(watch.size).toBe(0)
})

test('only those who were not asked about before are asked about', async () => {
  const { watch, session, did } = setUp()
  const bob = session('bob')
  await watch.subscribe(bob, ['ada', 'eve'])
  await watch.subscribe(bob, ['eve', 'mia'])
  expect(did.filter((what) => what.startsWith('ask'))).toEqual(['ask bob: ada,eve', 'ask bob: mia'])
})
