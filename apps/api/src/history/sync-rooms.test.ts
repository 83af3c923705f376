import { expect, test } from 'vitest'
import { fitRooms, planRoom } from './sync-rooms.ts'

const position = { head: 100, visibleFrom: 1 }

test('a position is continued, or it is said why not', () => {
  const reasonOf = (since: number, known = true, isSameEpoch = true, limit = 50) => {
    const plan = planRoom(since, known ? position : undefined, isSameEpoch, limit)
    return plan.kind === 'reset' && 'reason' in plan.answer ? plan.answer.reason : plan
  }
  expect(reasonOf(60)).toEqual({ kind: 'range', from: 60, head: 100 })
  expect(reasonOf(50)).toEqual({ kind: 'range', from: 50, head: 100 })
  expect(reasonOf(49)).toBe('too-far')
  expect(reasonOf(101)).toBe('ahead')
  expect(reasonOf(60, true, false)).toBe('epoch')
  expect(reasonOf(60, false, false)).toBe('not-member')
})

test('what was before one may look does not count', () => {
  const plan = planRoom(0, { head: 100, visibleFrom: 90 }, true, 50)
  expect(plan).toEqual({ kind: 'range', from: 89, head: 100 })
})

test('rooms come as long as their events fit, and small ones pass by large ones', () => {
  const range = (count: number) => ({ kind: 'range', from: 0, head: count }) as const
  const plans = new Map([
    ['a', range(6)],
    ['b', range(6)],
    ['c', range(4)],
    ['d', range(0)],
  ])
  const { fitting, isAll } = fitRooms(plans, 10)
  expect([...fitting.keys()]).toEqual(['a', 'c', 'd'])
  expect(isAll).toBe(false)
  expect(fitRooms(plans, 16).isAll).toBe(true)
})
