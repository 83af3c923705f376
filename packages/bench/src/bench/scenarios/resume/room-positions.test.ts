import { expect, test } from 'vitest'
import { RoomPositions, type RoomEvent } from './room-positions.ts'
import { roomTextOf } from './room-text.ts'

const said = (seq: number, number: number, room = 'r1'): RoomEvent => ({
  seq,
  type: 'message:created',
  data: { text: roomTextOf(room, number) },
})

function open(rooms = ['r1']) {
  const reports: string[] = []
  const positions = new RoomPositions({ rooms, report: (what) => reports.push(what) })
  return { positions, reports }
}

const told = (count: number, room = 'r1'): ReadonlyMap<string, number> => new Map([[room, count]])

test('it begins at the heads, and goes on from there', () => {
  const { positions, reports } = open(['r1', 'r2'])
  expect(positions.asked()).toEqual({})
  // Said before it was synced: the answer has it.
  expect(positions.takeEvents('r1', [said(9, 0)])).toBe(true)
  positions.takeAnswer('r1', { from: 8, to: 8, head: 8 })
  positions.takeAnswer('r2', { from: 3, to: 3, head: 3 })
  positions.expect(told(2))
  expect([positions.isComplete, positions.missing]).toEqual([false, 2])
  expect(positions.takeEvents('r1', [said(9, 0), said(10, 1)])).toBe(true)
  expect(positions.asked()).toEqual({ r1: 10, r2: 3 })
  expect([positions.isComplete, positions.missing, reports]).toEqual([true, 0, []])
})

test('what came twice is dropped, and what is missing is asked for', () => {
  const { positions, reports } = open()
  positions.takeAnswer('r1', { from: 4, to: 4, head: 4 })
  expect(positions.takeEvents('r1', [said(6, 1)])).toBe(false)
  positions.expect(told(2))
  positions.takeAnswer('r1', { from: 4, to: 6, head: 6, events: [said(5, 0), said(6, 1)] })
  expect(positions.takeEvents('r1', [said(6, 1)])).toBe(true)
  expect([positions.isComplete, positions.asked(), reports]).toEqual([true, { r1: 6 }, []])
})

test.each([
  ['another text', { from: 4, to: 5, head: 5, events: [said(5, 1)] }, /message 0 of r1 says/u],
  ['another room', { from: 4, to: 5, head: 5, events: [said(5, 0, 'r2')] }, /message 0 of r1/u],
  ['a reset', { head: 5, reset: true }, /r1 was reset at 5/u],
  ['a later start', { from: 5, to: 5, head: 5 }, /was to go on from 4, and went on from 5/u],
  ['a hole', { from: 4, to: 6, head: 6, events: [said(6, 0)] }, /answered up to 6.* end at 4/u],
])('%s is reported', (_what, answer, report) => {
  const { positions, reports } = open()
  positions.takeAnswer('r1', { from: 4, to: 4, head: 4 })
  positions.takeAnswer('r1', answer)
  expect(reports.join('\n')).toMatch(report)
})
