import { expect, test } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { settled, TestRoom } from '../testing/test-room.ts'

async function openRoom(): Promise<TestRoom> {
  const room = new TestRoom()
  room.model.send('bob')
  room.position = room.model.head
  room.messages.open()
  await room.drain()
  return room
}

const asked = (room: TestRoom) => room.requests.map(({ payload }) => payload['on'])

test('the last wish wins, also if it changes while a try waits and again while that is on its way', async () => {
  const room = await openRoom()
  void room.messages.react(1, '👍')
  await settled()
  const busy = {
    code: 'RATE_LIMITED',
    message: 'Later.',
    retryable: true,
    retryAfterMs: 10,
  } as const
  room.requests.shift()?.refuse(new ChatError(busy))
  await settled()
  void room.messages.react(1, '👍', false)
  await room.drain()
  const second = room.requests.shift()
  expect(second?.payload['on']).toBe(false)
  let isDone = false
  void room.messages.react(1, '👍').then(() => (isDone = true))
  second?.answer({})
  await room.drain()
  expect([asked(room), isDone]).toEqual([[true], false])
  room.requests.shift()?.answer({})
  await settled()
  expect([asked(room), isDone]).toEqual([[], true])
})

test('and so it does if it changes before there is a connection', async () => {
  const room = await openRoom()
  room.state.set({ ...room.state.current, status: 'waiting' })
  void room.messages.pin(1)
  void room.messages.pin(1, false)
  room.state.set({ ...room.state.current, status: 'live' })
  await settled()
  const first = room.requests.shift()
  expect(first?.payload['on']).toBe(false)
  void room.messages.pin(1)
  first?.answer({})
  await room.drain()
  expect(asked(room)).toEqual([true])
})

test('what waits for a connection is given up when nobody tries to have one any more', async () => {
  const room = await openRoom()
  room.state.set({ ...room.state.current, status: 'waiting' })
  const asked = room.messages.react(1, '👍')
  const refused = expect(asked).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    isRetryable: true,
  })
  room.state.set({ ...room.state.current, status: 'connecting' })
  room.state.set({ ...room.state.current, status: 'idle' })
  await refused
  room.state.set({ ...room.state.current, status: 'live' })
  await room.drain()
  expect(room.requests).toEqual([])
})
