import { expect, test } from 'vitest'
import { beyondQuiet, workBetween, type ServerWork } from './server-work.ts'

const work = (atMs: number, statements: number, users: number): ServerWork => ({
  atMs,
  requests: { users, reconcile: 10, events: 0, other: 0 },
  statements,
  selects: statements / 2,
})

test('what goes on all the time is taken off, by the time that it took', () => {
  const between = workBetween(work(1_000, 500, 20), work(3_000, 900, 70))
  expect(between).toMatchObject({ atMs: 2_000, statements: 400, selects: 200 })
  expect(between.requests).toEqual({ users: 50, reconcile: 0, events: 0, other: 0 })
  const quiet = { ...work(4_000, 100, 200), selects: 0 }
  const beyond = beyondQuiet(between, quiet)
  expect(beyond).toMatchObject({ atMs: 2_000, statements: 350, selects: 200 })
  // Less than always is nothing, not less than nothing.
  expect(beyond.requests.users).toBe(0)
})
