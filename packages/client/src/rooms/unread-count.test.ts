import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { UnreadCount } from './unread-count.ts'

const ts = '2026-01-01T00:00:00.000Z'
type Draft = Extract<Event, { type: 'message:created' }>['data']

const said = (seq: number, by = 'bob', draft: Partial<Draft> = {}): Event => ({
  seq,
  ts,
  type: 'message:created',
  actor: { id: by, kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text: 'hi', ...draft },
})
const deleted = (seq: number, ref: number, by = 'bob'): Event => ({
  seq,
  ts,
  type: 'message:deleted',
  actor: { id: by, kind: 'user' },
  ref,
  data: {},
})

const exactly = (unread: number, mentions = 0) => ({ unread, mentions, isExact: true })

test('messages of others after the cursor count, replies in threads too; my own and imported ones do not', () => {
  const count = new UnreadCount(() => 'ada', 4, 4)
  count.apply(said(5))
  count.apply(said(6, 'ada'))
  count.apply(said(7, 'bob', { threadId: 5 }))
  const { msgNo: _, ...imported } = said(8) as Extract<Event, { type: 'message:created' }>
  count.apply(imported)
  count.apply(said(9, 'eve', { mentions: ['ada', 'bob'] }))
  count.apply(said(10, 'eve', { mentionAll: 'room' }))
  expect(count.counts).toEqual(exactly(4, 2))
  count.readSeq = 7
  expect(count.counts).toEqual(exactly(2, 2))
  count.readSeq = 10
  expect(count.counts).toEqual(exactly(0))
  count.readSeq = 6
  expect(count.counts).toEqual(exactly(3, 2))
})

test('what is deleted counts no more, and a deletion of what was not seen is for the server to count', () => {
  const count = new UnreadCount(() => 'ada', 4, 2)
  count.tell({ unread: 2, mentions: 1 }, 4)
  count.apply(said(5, 'bob', { mentions: ['ada'] }))
  expect(count.counts).toEqual(exactly(3, 2))
  count.apply(deleted(6, 5))
  expect(count.counts).toEqual(exactly(2, 1))
  count.apply(deleted(7, 3))
  expect(count.counts.isExact).toBe(false)
  count.tell({ unread: 1, mentions: 1 }, 7)
  expect(count.counts).toEqual(exactly(1, 1))
  count.apply(deleted(8, 1))
  expect(count.counts).toEqual(exactly(1, 1))
})

test('an answer counts what came after the head that it names, and nothing twice', () => {
  const count = new UnreadCount(() => 'ada', 4, 2)
  for (const event of [said(5), said(6), said(7)]) count.apply(event)
  count.tell({ unread: 3, mentions: 0 }, 6)
  expect(count.counts).toEqual(exactly(4))
  // Newer than our own place: what it has counted already comes later.
  count.tell({ unread: 5, mentions: 0 }, 9)
  count.apply(said(8))
  count.apply(said(9))
  expect(count.counts).toEqual(exactly(5))
  count.apply(said(10))
  expect(count.counts).toEqual(exactly(6))
})

test('without a head an answer is good until something comes that it may have counted', () => {
  const count = new UnreadCount(() => 'ada', 4, 2)
  count.tellRoughly({ unread: 2, mentions: 0 }, 4)
  expect(count.counts).toEqual(exactly(2))
  count.apply(said(5, 'ada'))
  expect(count.counts).toEqual(exactly(2))
  count.apply(said(6))
  expect(count.counts).toEqual({ unread: 3, mentions: 0, isExact: false })
})

test('a tombstone that was counted while it stood is taken off', () => {
  const count = new UnreadCount(() => 'ada', 4, 2)
  count.tell({ unread: 3, mentions: 0 }, 6)
  count.apply(said(5))
  count.apply(said(6, 'bob', { deleted: true }))
  count.apply(deleted(7, 6))
  expect(count.counts.unread).toBe(2)
})

test('whether @here is me, the server knows', () => {
  const count = new UnreadCount(() => 'ada', 4, 4)
  count.apply(said(5, 'bob', { mentionAll: 'here' }))
  expect(count.counts.isExact).toBe(false)
  count.tell({ unread: 1, mentions: 0 }, 5)
  expect(count.counts).toEqual(exactly(1, 0))
})

test('what retention erases counts no more', () => {
  const count = new UnreadCount(() => 'ada', 4, 4)
  count.apply(said(5))
  count.apply(said(6))
  count.apply({
    seq: 7,
    ts,
    type: 'room:updated',
    actor: { id: 'system', kind: 'system' },
    data: { erasedTo: 5 },
  })
  expect(count.counts).toEqual(exactly(1))
})

test('more than is kept is asked for, and counted on from there', () => {
  const count = new UnreadCount(() => 'ada', 0, 0)
  for (let seq = 1; seq <= 600; seq += 1) count.apply(said(seq))
  expect(count.counts.isExact).toBe(false)
  count.tell({ unread: 600, mentions: 0 }, 600)
  count.apply(said(601))
  expect(count.counts).toEqual(exactly(601))
  count.readSeq = 599
  expect(count.counts).toEqual(exactly(2))
})

test('who I am may be known only after the room is', () => {
  let me = ''
  const count = new UnreadCount(() => me, 4, 4)
  me = 'ada'
  count.apply(said(5, 'ada'))
  count.apply(said(6))
  expect(count.counts).toEqual(exactly(1))
})
