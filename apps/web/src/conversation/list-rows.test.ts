import type { Timeline, TimelineMessage } from '@parley/client'
import { expect, test } from 'vitest'
import { firstRows, type ListRows, nextRows } from './list-rows.ts'

const message = (seq: number): TimelineMessage => ({
  key: `m${seq}`,
  roomId: 'room',
  seq,
  msgNo: seq,
  type: 'text',
  sender: { id: 'a', username: null, displayName: 'A', avatarUrl: null },
  text: '',
  attachments: [],
  mentions: [],
  reactions: [],
  pinned: false,
  version: 0,
  ts: '2026-01-01T00:00:00.000Z',
  state: { name: 'stored' },
  isMine: false,
  isChanging: false,
})
const known = new Map<number, TimelineMessage>()
const of = (seq: number): TimelineMessage => {
  const found = known.get(seq) ?? message(seq)
  known.set(seq, found)
  return found
}
const range = (from: number, to: number): TimelineMessage[] =>
  Array.from({ length: to - from + 1 }, (_, index) => of(from + index))

const timeline = (from: number, to: number, more: Partial<Timeline> = {}): Timeline => ({
  status: 'ready',
  error: null,
  items: range(from, to),
  hasBefore: from > 1,
  hasAfter: false,
  isLoadingBefore: false,
  isLoadingAfter: false,
  prepended: 0,
  ...more,
})
const shown = ({ items, isShift, isPartial, epoch }: ListRows) => ({
  from: items[0]?.seq,
  to: items.at(-1)?.seq,
  isShift,
  isPartial,
  epoch,
})

test('the first message is kept back while there are older ones, for its look is not known', () => {
  const rows = firstRows(timeline(11, 20))
  expect(shown(rows)).toMatchObject({ from: 12, to: 20 })
  expect(rows.above?.seq).toBe(11)
  expect(shown(firstRows(timeline(1, 20)))).toMatchObject({ from: 1, to: 20 })
})

test('older messages are a change of the beginning, also when they are the last there are', () => {
  const rows = firstRows(timeline(11, 20))
  const older = nextRows(rows, timeline(6, 20, { prepended: 5 }))
  expect(shown(older)).toEqual({ from: 7, to: 20, isShift: true, isPartial: false, epoch: 0 })
  const all = nextRows(older, timeline(1, 20, { prepended: 10 }))
  expect(shown(all)).toEqual({ from: 1, to: 20, isShift: true, isPartial: false, epoch: 0 })
})

test('what changed at both ends is shown in two steps', () => {
  const rows = firstRows(timeline(11, 20))
  const grown = timeline(6, 22, { prepended: 5 })
  const first = nextRows(rows, grown)
  expect(shown(first)).toEqual({ from: 7, to: 20, isShift: true, isPartial: true, epoch: 0 })
  const second = nextRows(first, grown)
  expect(shown(second)).toEqual({ from: 7, to: 22, isShift: false, isPartial: false, epoch: 0 })
  expect(nextRows(second, grown)).toBe(second)
})

test('new messages are no change of the beginning', () => {
  const rows = nextRows(firstRows(timeline(1, 20)), timeline(1, 21))
  expect(shown(rows)).toEqual({ from: 1, to: 21, isShift: false, isPartial: false, epoch: 0 })
})

test('the oldest that were let go are a change of the beginning', () => {
  const rows = nextRows(firstRows(timeline(1, 20)), timeline(9, 20, { prepended: -8 }))
  expect(shown(rows)).toEqual({ from: 10, to: 20, isShift: true, isPartial: false, epoch: 0 })
})

test('a jump makes another list', () => {
  const rows = nextRows(firstRows(timeline(101, 150)), timeline(11, 60, { hasAfter: true }))
  expect(shown(rows)).toMatchObject({ from: 12, to: 60, isShift: false, epoch: 1 })
})
