import type { RoomNews } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createHotRooms } from './hot-rooms.ts'

const WINDOW_MS = 60_000
const news = (roomId: string, ...types: string[]) => [
  { roomId, events: types.map((type) => ({ type })) } as unknown as RoomNews,
]

test('messages are counted room by room, and nothing else is', () => {
  const hot = createHotRooms(WINDOW_MS)
  hot.note(news('a', 'message:created', 'member:joined'))
  hot.note(news('b', 'message:created', 'message:created'))
  hot.note(news('c', 'reaction:changed'))
  expect(hot.top(10)).toEqual([
    { roomId: 'b', messages: 2 },
    { roomId: 'a', messages: 1 },
  ])
  expect(hot.top(1)).toHaveLength(1)
  expect([hot.takeMessages(), hot.takeMessages()]).toEqual([3, 0])
})

test('what was long ago is not hot any more', () => {
  let now = 0
  const hot = createHotRooms(WINDOW_MS, () => now)
  hot.note(news('old', 'message:created'))
  now = WINDOW_MS / 2
  hot.note(news('new', 'message:created'))
  expect(hot.top(10).map(({ roomId }) => roomId)).toEqual(['new', 'old'])
  now = WINDOW_MS + 20_000
  expect(hot.top(10).map(({ roomId }) => roomId)).toEqual(['new'])
})

test('a flood of cool rooms neither grows it nor hides the hot one', () => {
  const hot = createHotRooms(WINDOW_MS)
  for (let i = 0; i < 5_000; i += 1) {
    hot.note(news(`room ${i}`, 'message:created'))
    hot.note(news('hot', 'message:created'))
  }
  const [first, ...rest] = hot.top(10_000)
  expect(first?.roomId).toBe('hot')
  expect(first?.messages).toBeLessThanOrEqual(5_000)
  expect(first?.messages).toBeGreaterThan(4_900)
  expect(rest.length).toBeLessThan(500)
})
