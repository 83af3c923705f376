import { expect, test } from 'vitest'
import { allowedAfter, isWithin } from './allowed-after.ts'

const before = new Map([
  ['g1', { sessions: 0, heapMiB: 40, roomsFollowed: 0 }],
  ['database', { rssMiB: 120, connections: 40 }],
])
const allowed = allowedAfter(before)

test('pools and caches may have filled; sessions are gone', () => {
  expect(allowed.get('g1')).toEqual({ sessions: 0, heapMiB: 74 })
  expect(allowed.get('database')).toEqual({ connections: 90 })
})

test('what is above it is seen, in any process', () => {
  expect(isWithin(new Map([['g1', { sessions: 0, heapMiB: 74 }]]), allowed)).toBe(true)
  expect(isWithin(new Map([['g1', { sessions: 1, heapMiB: 60 }]]), allowed)).toBe(false)
  expect(isWithin(new Map([['database', { connections: 91 }]]), allowed)).toBe(false)
})
