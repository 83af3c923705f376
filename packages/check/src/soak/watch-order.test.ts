import { expect, test } from 'vitest'
import { anEvent, lineOf } from '../testing/write-lines.ts'
import { watchOrder } from './watch-order.ts'

const { handed, told } = lineOf
const at = (seq: number, roomId = 'hall') =>
  handed(anEvent(seq, 'message:created', { by: 'ann', data: {} }), {
    reader: 'ws-bob',
    roomId,
    atMs: seq,
  })

test('doubles and gaps are found; what begins anew is none', () => {
  const watch = watchOrder()
  watch.write(told('ws-bob', 'starts', 0, { roomId: 'hall', seq: 4 }))
  for (const seq of [5, 6, 6, 9]) watch.write(at(seq))
  watch.write(told('ws-bob', 'reset', 0, { roomId: 'hall', seq: 20 }))
  watch.write(at(21))
  watch.write(at(1, 'yard'))
  expect(watch.delivered).toBe(6)
  expect(watch.problems).toEqual([
    'ws-bob was handed 6 after 6 of room hall',
    'ws-bob was handed 9 after 6 of room hall',
  ])
})

test('who is out and comes back begins anew, and nothing is kept of the room', () => {
  const watch = watchOrder()
  for (const seq of [5, 6]) watch.write(at(seq))
  watch.write(told('ws-bob', 'removed', 0, { roomId: 'hall' }))
  watch.write(at(11))
  expect(watch.problems).toEqual([])
})
