import type { Event, Message } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { RoomTimeline } from './room-timeline.ts'

const ts = '2026-01-02T03:04:05.000Z'
const alice = { id: 'alice', kind: 'user' } as const

const created = (seq: number, text: string, clientMsgId?: string): Event => ({
  seq,
  type: 'message:created',
  ts,
  actor: alice,
  msgNo: seq,
  data: { type: 'text', text },
  ...(clientMsgId !== undefined && { clientMsgId }),
})
const updated = (seq: number, ref: number, version: number, text: string): Event => ({
  seq,
  type: 'message:updated',
  ts,
  actor: alice,
  ref,
  data: { version, text },
})
const deleted = (seq: number, ref: number): Event => ({
  seq,
  type: 'message:deleted',
  ts,
  actor: alice,
  ref,
  data: {},
})
const stored = (seq: number, text: string | null, more: Partial<Message> = {}): Message => ({
  roomId: '0190a000-0000-7000-8000-000000000001',
  seq,
  msgNo: seq,
  type: 'text',
  sender: { id: 'alice', username: 'alice', displayName: 'Alice', avatarUrl: null },
  text,
  attachments: [],
  mentions: [],
  reactions: [],
  pinned: false,
  version: 0,
  ts,
  ...more,
})
const draft = (clientMsgId: string, text: string) => ({
  clientMsgId,
  senderId: 'alice',
  text,
  mentions: [],
  ts,
})
const texts = (timeline: RoomTimeline) => timeline.messages.map(({ text }) => text)

test('events and pages fold into one list in the order of the log', () => {
  const timeline = new RoomTimeline()
  timeline.apply(created(5, 'five'))
  timeline.apply(created(6, 'six'))
  timeline.loadPage([stored(3, 'three'), stored(5, 'five')])

  expect(texts(timeline)).toEqual(['three', 'five', 'six'])
  expect(timeline.oldestSeq).toBe(3)
})

test('the highest version of an edit wins in any order', () => {
  const timeline = new RoomTimeline()
  timeline.apply(created(1, 'a'))
  timeline.apply(updated(3, 1, 2, 'c'))
  timeline.apply(updated(2, 1, 1, 'b'))
  timeline.loadPage([stored(1, 'b', { version: 1 })])

  expect(timeline.find(1)).toMatchObject({ text: 'c', version: 2 })
})

test('an edit that overtakes an older page is applied when that page arrives', () => {
  const timeline = new RoomTimeline()
  timeline.apply(updated(9, 2, 1, 'new'))
  timeline.apply(deleted(10, 3))
  timeline.loadPage([stored(2, 'old'), stored(3, 'gone')])

  expect(timeline.find(2)).toMatchObject({ text: 'new', version: 1 })
  expect(timeline.find(3)).toMatchObject({ text: null, isDeleted: true })
})

test('a deletion is final', () => {
  const timeline = new RoomTimeline()
  timeline.apply(created(1, 'secret'))
  timeline.apply(deleted(2, 1))
  timeline.apply(updated(3, 1, 1, 'back'))
  timeline.loadPage([stored(1, 'secret')])

  expect(timeline.find(1)).toMatchObject({ text: null, isDeleted: true })
})

test('a pending message keeps its key when its event confirms it', () => {
  const timeline = new RoomTimeline()
  timeline.addPending(draft('m1', 'hi'))
  expect(timeline.messages).toMatchObject([{ key: 'm1', seq: null, delivery: 'pending' }])

  timeline.apply(created(7, 'hi', 'm1'))
  expect(timeline.messages).toMatchObject([{ key: 'm1', seq: 7, delivery: 'sent' }])

  timeline.markSent('m1', 7, 7)
  expect(timeline.messages).toHaveLength(1)
})

test('an ack before its event shows the message once, also if the event names no client id', () => {
  const timeline = new RoomTimeline()
  timeline.addPending(draft('m1', 'hi'))
  timeline.markSent('m1', 7, 6)
  expect(timeline.messages).toMatchObject([{ key: 'm1', seq: null, delivery: 'sent' }])

  timeline.apply(created(7, 'hi'))
  expect(timeline.messages).toMatchObject([{ key: 'm1', seq: 7 }])
})

test('an ack of a repeat that was stored long ago leaves nothing behind', () => {
  const timeline = new RoomTimeline()
  timeline.loadPage([stored(4, 'hi')])
  timeline.addPending(draft('m1', 'hi'))
  timeline.markSent('m1', 4, 20)

  expect(texts(timeline)).toEqual(['hi'])
})

test('a failed send stays at the end and can be taken up again', () => {
  const timeline = new RoomTimeline()
  timeline.addPending(draft('m1', 'lost'))
  timeline.markFailed('m1', 'You are muted in this room.')
  timeline.apply(created(1, 'other'))

  expect(timeline.messages.at(-1)).toMatchObject({ delivery: 'failed', text: 'lost' })
  timeline.markPending('m1')
  expect(timeline.messages.at(-1)).toMatchObject({ delivery: 'pending', failure: null })
})

test('a reload keeps what is not confirmed and confirms what the page has', () => {
  const timeline = new RoomTimeline()
  timeline.apply(created(1, 'old'))
  timeline.addPending(draft('m1', 'one'))
  timeline.addPending(draft('m2', 'two'))
  timeline.clear()
  timeline.loadPage([stored(8, 'one', { clientMsgId: 'm1' })])

  expect(texts(timeline)).toEqual(['one', 'two'])
})
