import type { Event, Room } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { RoomRecord } from './room-record.ts'

const ts = '2026-01-02T03:04:05.000Z'
const room: Room = {
  id: '0190a000-0000-7000-8000-000000000001',
  kind: 'room',
  name: 'lobby',
  visibility: 'public',
  topic: null,
  avatarUrl: null,
  head: 10,
  lastMsgNo: 8,
  memberCount: 2,
  frozen: false,
  archived: false,
  features: { typing: true, readReceipts: 'people', notifyAll: true },
  settings: { history: 'all', slowModeS: 0, retentionDays: null, roleOverrides: null },
  createdAt: ts,
  me: {
    role: 'member',
    permissions: ['message:send'],
    readSeq: 9,
    unread: 1,
    mentions: 0,
    mutedUntil: null,
    notify: 'all',
  },
}
const message = (seq: number, from: string, mentions: string[] = []): Event => ({
  seq,
  type: 'message:created',
  ts,
  actor: { id: from, kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text: 'hi', mentions },
})
const deletion = (seq: number, ref: number): Event => ({
  seq,
  type: 'message:deleted',
  ts,
  actor: { id: 'bob', kind: 'user' },
  ref,
  data: {},
})

test('counts the messages of others, and mentions of me, after my cursor', () => {
  const record = new RoomRecord(room, 'me')
  record.apply([message(11, 'bob'), message(12, 'me'), message(13, 'bob', ['me'])])

  expect(record).toMatchObject({ unread: 3, mentions: 1 })
})

test('a deletion takes its message out of the count again', () => {
  const record = new RoomRecord(room, 'me')
  record.apply([message(11, 'bob', ['me'])])

  expect(record.apply([deletion(12, 11)]).mustAskUnread).toBe(false)
  expect(record).toMatchObject({ unread: 1, mentions: 0 })
})

test('asks the server when an unread message is deleted that it never saw', () => {
  const record = new RoomRecord(room, 'me')

  expect(record.apply([deletion(11, 10)]).mustAskUnread).toBe(true)
  expect(record.apply([deletion(12, 3)]).mustAskUnread).toBe(false)
})

test('the cursor of another device settles the counts', () => {
  const record = new RoomRecord(room, 'me')
  record.apply([message(11, 'bob')])
  record.moveRead({ readSeq: 11, unread: 0, mentions: 0 })
  record.apply([deletion(12, 11)])

  expect(record).toMatchObject({ unread: 0, readSeq: 11 })
})

test('a renamed room is known by its new name', () => {
  const record = new RoomRecord(room, 'me')
  const facts = { name: 'hall', topic: 'News' }
  record.apply([
    { seq: 11, type: 'room:updated', ts, actor: { id: 'bob', kind: 'user' }, data: facts },
  ])

  expect(record.room).toMatchObject({ name: 'hall', topic: 'News', visibility: 'public' })
})
