import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { ChatOrder } from './chat-order.ts'

const event = (seq: number): Event => ({
  seq,
  type: 'message:deleted',
  ts: '2026-01-02T03:04:05.000Z',
  actor: { id: 'bob', kind: 'user' },
  ref: 1,
  data: {},
})

test('whatever the order of arrival, each event is handed on once, in the order of the log', () => {
  const order = new ChatOrder(2)
  const handed = [5, 2, 3, 3, 6, 4, 1, 5].flatMap((seq) => order.offer([event(seq)]))

  expect(handed.map(({ seq }) => seq)).toEqual([3, 4, 5, 6])
  expect(order.hasGap).toBe(false)
  expect(order.position).toBe(6)
})

test('a hole is told until it is filled', () => {
  const order = new ChatOrder(0)
  order.offer([event(2)])
  expect(order.hasGap).toBe(true)

  order.restart(7)
  expect(order.hasGap).toBe(false)
  expect(order.offer([event(8)])).toHaveLength(1)
})
