import { readEntry, type OwnPresence } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { Session } from '../sessions/session.ts'
import { HereUsers } from './here-users.ts'

const GRACE_MS = 20_000

const session = (userId: string): Session =>
  new Session(
    {
      id: 'socket',
      join: () => undefined,
      leave: () => undefined,
      emit: () => undefined,
      unsentBytes: () => 0,
      close: () => undefined,
    },
    { userId, expiresAtMs: Infinity },
  )

const chosen = (more: Partial<OwnPresence> = {}): OwnPresence => ({
  status: 'online',
  text: null,
  version: 1,
  typing: true,
  readReceipts: true,
  ...more,
})

function setUp() {
  const seen: [string, number][] = []
  const here = new HereUsers({
    graceMs: GRACE_MS,
    changed: () => undefined,
    seen: (userId, atMs) => seen.push([userId, atMs]),
  })
  /** What was to be written, as `status` or `gone`, and whether it was to be told. */
  const changes = () =>
    Array.from(here.takeChanges().values(), ({ entry, tell, seenAtMs }) => ({
      is: entry === null ? 'gone' : readEntry(entry),
      tell,
      ...(seenAtMs !== undefined && { seenAtMs }),
    }))
  return { here, seen, changes }
}

test('who comes is told of once, however many devices they have', () => {
  const { here, changes } = setUp()
  here.arrived(session('ada'), chosen())
  expect(changes()).toMatchObject([{ is: { status: 'online', leaving: false }, tell: true }])
  here.arrived(session('ada'), chosen())
  expect(changes()).toMatchObject([{ tell: false }])
})

test('who goes is marked at once, told of after the grace, and noted as last seen when they went', () => {
  const { here, seen, changes } = setUp()
  const phone = session('ada')
  here.arrived(phone, chosen())
  changes()
  here.left(phone, 100_000)
  expect(changes()).toMatchObject([{ is: { leaving: true }, tell: false }])
  here.tick(100_000 + GRACE_MS - 1)
  expect(changes()).toEqual([])
  here.tick(100_000 + GRACE_MS)
  expect(changes()).toEqual([{ is: 'gone', tell: true, seenAtMs: 100_000 }])
  expect(seen).toEqual([['ada', 100_000]])
  expect(here.size).toBe(0)
})

test('who comes back in time was never gone', () => {
  const { here, changes } = setUp()
  const phone = session('ada')
  here.arrived(phone, chosen())
  here.left(phone, 1_000)
  changes()
  here.arrived(session('ada'), chosen())
  expect(changes()).toMatchObject([{ is: { leaving: false }, tell: false }])
  here.tick(1_000 + 2 * GRACE_MS)
  expect(changes()).toEqual([])
})

test('one device that is not idle is enough', () => {
  const { here, changes } = setUp()
  const [phone, laptop] = [session('ada'), session('ada')]
  here.arrived(phone, chosen())
  here.arrived(laptop, chosen())
  changes()
  here.setIdle(phone, true)
  expect(changes()).toEqual([])
  here.setIdle(laptop, true)
  expect(changes()).toMatchObject([{ is: { idle: true }, tell: true }])
  here.setIdle(phone, false)
  expect(changes()).toMatchObject([{ is: { idle: false }, tell: true }])
  here.left(phone, 0)
  expect(changes()).toMatchObject([{ is: { idle: true, leaving: false }, tell: true }])
  here.left(laptop, 0)
  expect(changes()).toMatchObject([{ is: { idle: true, leaving: true }, tell: false }])
  here.arrived(session('ada'), chosen())
  expect(changes()).toMatchObject([{ is: { idle: false }, tell: true }])
})

test('of two choices the later holds, in whatever order they are heard', () => {
  const { here, changes } = setUp()
  here.arrived(session('ada'), chosen())
  changes()
  here.chose('ada', chosen({ status: 'dnd', version: 3 }), 0)
  here.chose('ada', chosen({ status: 'away', version: 2 }), 0)
  here.chose('bob', chosen({ status: 'away', version: 2 }), 0)
  expect(changes()).toMatchObject([{ is: { status: 'dnd' }, tell: true }])
})

test('somebody invisible leaves no trace of when they were there', () => {
  const { here, seen, changes } = setUp()
  const phone = session('ada')
  here.arrived(phone, chosen())
  here.chose('ada', chosen({ status: 'invisible', version: 2 }), 50_000)
  expect(seen).toEqual([['ada', 50_000]])
  here.noteHere(400_000)
  here.left(phone, 500_000)
  here.tick(600_000)
  here.noteLeaving()
  expect(seen).toEqual([['ada', 50_000]])
  expect(changes().at(-1)).toEqual({ is: 'gone', tell: true })
})

test('it is noted that somebody is here, now and then', () => {
  const { here, seen } = setUp()
  const phone = session('ada')
  here.arrived(phone, chosen())
  here.noteHere(1_000_000)
  here.noteHere(1_000_500)
  here.noteHere(1_400_000)
  expect(seen.map(([, at]) => at)).toEqual([1_000_000, 1_400_000])
  // Within the minute it is known well enough.
  here.left(phone, 1_430_000)
  here.tick(1_500_000)
  expect(seen).toHaveLength(2)
})

test('what Redis lost can be written anew', () => {
  const { here } = setUp()
  here.arrived(session('ada'), chosen({ status: 'dnd' }))
  here.arrived(session('bob'), chosen({ status: 'invisible' }))
  const entries = new Map(Array.from(here.entries(), ([id, text]) => [id, readEntry(text)?.status]))
  expect(entries).toEqual(
    new Map([
      ['ada', 'dnd'],
      ['bob', 'invisible'],
    ]),
  )
})
