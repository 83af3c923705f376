import type { User } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createStore, type WritableStore } from '../store.ts'
import { settled, TestRoom } from '../testing/test-room.ts'
import type { TimelineMessage } from './messages.ts'

const zoe: User = {
  id: 'zoe',
  username: 'zoe_1',
  displayName: 'Zoe',
  avatarUrl: null,
  kind: 'account',
  createdAt: '2026-01-01T00:00:00.000Z',
}

/** A room that is open, in which Zoe speaks for the first time. */
async function open(known: User | null, peers?: { id: string; displayName: string }[]) {
  const room = new TestRoom()
  const person: WritableStore<User | null> = createStore(known)
  room.people = { get: () => person }
  room.peers = peers
  room.model.send('ann')
  room.position = room.model.head
  room.messages.open()
  await room.drain()
  const states: (readonly TimelineMessage[])[] = []
  const { timeline } = room.messages
  timeline.subscribe(() => states.push(timeline.current.items))
  const seq = room.model.send('zoe', { text: 'hello' })
  room.model.send('zoe', { text: 'again', replyTo: seq })
  room.deliver()
  return { room, person, states, seq }
}

const namesOf = (items: readonly TimelineMessage[] | undefined) =>
  items?.slice(1).map(({ sender, quoted }) => [sender.displayName, quoted?.senderName])

test('somebody who is not known has no name until it is read, and then in one change', async () => {
  const { person, states } = await open(null)
  person.set(zoe)
  person.set({ ...zoe, displayName: 'Zoe Z.' })
  expect(states.map(namesOf)).toEqual([
    [
      ['', undefined],
      ['', ''],
    ],
    [
      ['Zoe', undefined],
      ['Zoe', 'Zoe'],
    ],
  ])
  const [before, after] = states
  expect(after?.[0]).toBe(before?.[0])
  expect(after?.[1]?.sender).toMatchObject({ id: 'zoe', username: 'zoe_1' })
})

test('who is known has their name at once', async () => {
  const { states } = await open(zoe)
  expect(states.map(namesOf)).toEqual([
    [
      ['Zoe', undefined],
      ['Zoe', 'Zoe'],
    ],
  ])
})

test('in a conversation the room knows the name, and the rest comes later', async () => {
  const { person, states } = await open(null, [{ id: 'zoe', displayName: 'Zoe' }])
  expect(states.map((items) => items[1]?.sender.displayName)).toEqual(['Zoe'])
  person.set(zoe)
  expect(states.map((items) => items[1]?.sender.username)).toEqual([null, 'zoe_1'])
})

test('who is erased has no name any more, on what is shown already too', async () => {
  const { room, states } = await open(zoe)
  room.users.set('zoe', { ...zoe, username: null, displayName: 'Deleted user' })
  const seq = room.model.head + 1
  const left = { type: 'member:left', data: { userId: 'zoe', reason: 'erased' } } as const
  const actor = { id: 'system', kind: 'system' } as const
  room.hand([{ ...left, seq, actor, ts: zoe.createdAt }])
  await settled()
  expect(namesOf(states.at(-1))).toEqual([
    ['Deleted user', undefined],
    ['Deleted user', 'Deleted user'],
  ])
})
