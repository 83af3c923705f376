import type { Event, Sync, SyncResult } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { CatchUp } from './catch-up.ts'

const event = (seq: number): Event => ({
  seq,
  type: 'message:deleted',
  ts: '2026-01-02T03:04:05.000Z',
  actor: { id: 'bob', kind: 'user' },
  ref: 1,
  data: {},
})

function setUp(positions: Record<string, number>, answers: SyncResult[]) {
  const asked: Sync[] = []
  const resets: string[] = []
  const catchUp = new CatchUp({
    sync: async (payload) => {
      asked.push(payload)
      const data = answers.shift()
      if (data === undefined) throw new Error('asked too often')
      return { ok: true, data }
    },
    position: (roomId) => positions[roomId] ?? null,
    apply: (roomId, events) => (positions[roomId] = events.at(-1)?.seq ?? positions[roomId] ?? 0),
    reset: async (roomId) => void resets.push(roomId),
  })
  return { catchUp, asked, resets }
}

test('asks on until every room is at its head', async () => {
  const { catchUp, asked } = setUp({ a: 1, b: 5 }, [
    { epoch: 1, more: true, rooms: { a: { from: 1, to: 2, head: 3, events: [event(2)] } } },
    {
      epoch: 1,
      rooms: {
        a: { from: 2, to: 3, head: 3, events: [event(3)] },
        b: { from: 5, to: 5, head: 5, events: [] },
      },
    },
  ])
  await catchUp.rooms(['a', 'b'])

  expect(asked).toEqual([{ rooms: { a: 1, b: 5 } }, { rooms: { b: 5, a: 2 }, epoch: 1 }])
})

test('positions of another epoch are told as such, and the rooms taken anew', async () => {
  const { catchUp, asked, resets } = setUp({ a: 9 }, [
    { epoch: 2, rooms: { a: { reset: true, head: 4, reason: 'epoch' } } },
  ])
  catchUp.epoch = 1
  await catchUp.rooms(['a'])

  expect(asked).toEqual([{ rooms: { a: 9 }, epoch: 1 }])
  expect(resets).toEqual(['a'])
  expect(catchUp.epoch).toBe(2)
})

test('a room that is none of mine any more is not asked for', async () => {
  const { catchUp, asked } = setUp({}, [])
  await catchUp.rooms(['gone'])

  expect(asked).toEqual([])
})
