import { tombstoneOf, type Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { RoomFeeds } from '../room-feed/room-feeds.ts'
import { Backfill } from './backfill.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const base = { ts: '2026-11-21T10:00:00.000Z', actor: { id: 'ada', kind: 'user' as const } }

test('what was deleted between two reads of the log is without its words, also for whoever asks next', async () => {
  const log: Event[] = []
  const say = (text: string): unknown =>
    log.push({
      ...base,
      seq: log.length + 1,
      type: 'message:created',
      data: { type: 'text', text },
    } as Event)
  const remove = (ref: number): void => {
    log[ref - 1] = tombstoneOf(log[ref - 1] as Event)
    log.push({ ...base, seq: log.length + 1, type: 'message:deleted', ref, data: {} } as Event)
  }
  for (let n = 1; n <= 12; n += 1) say(n === 3 ? 'a secret' : `m${n}`)
  let reads = 0
  const fetchAfter = async (_room: string, after: number) => {
    reads += 1
    const events = structuredClone(log.slice(after))
    if (reads === 1) remove(3)
    return { head: log.length, memberVersion: 1, events }
  }
  const nothing = (): undefined => undefined
  const feeds = new RoomFeeds({
    fetchAfter: (room, after) =>
      Promise.resolve({ head: log.length, memberVersion: 1, events: log.slice(after), room }),
    deliver: nothing,
    memberJoined: nothing,
    memberLeft: nothing,
    roomDeleted: nothing,
    doubtMembers: nothing,
    repaired: nothing,
    follow: nothing,
    unfollow: nothing,
    hasLocalMembers: () => true,
    windowOf: () => 0,
  })
  // News of the last ones is late: the log is ahead of the feed.
  feeds.open([{ roomId, head: 10, memberVersion: 1 }])

  const first = new Backfill(roomId, 0, { feeds, fetchAfter })
  await first.prepare()
  const readOnce = reads
  expect(readOnce).toBeGreaterThan(1)
  await feeds.get(roomId)?.reach(13)
  expect(first.finish()?.events).toHaveLength(13)

  const second = new Backfill(roomId, 0, { feeds, fetchAfter })
  await second.prepare()
  expect(reads).toBe(readOnce)
  expect(JSON.stringify([first.finish(), second.finish()])).not.toContain('a secret')
})
