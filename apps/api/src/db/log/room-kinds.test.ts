import { expect, test } from 'vitest'
import { BatchState, type RoomState } from '../../room-log/batch-state.ts'
import { RoomKinds } from './room-kinds.ts'

function seenAs(...rooms: [id: string, kind: RoomState['kind']][]): BatchState {
  const state = new BatchState(new Date(0))
  for (const [id, kind] of rooms) state.rooms.set(id, { kind } as RoomState)
  return state
}

test('a room not seen yet may be a conversation of two; one that was seen is known', () => {
  const kinds = new RoomKinds()
  expect(kinds.mayBeDirect('room')).toBe(true)
  kinds.learn(seenAs(['room', 'room'], ['group', 'group'], ['dm', 'dm']))
  expect(['room', 'group', 'dm', 'other'].map((id) => kinds.mayBeDirect(id))).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('what was learned stays', () => {
  const kinds = new RoomKinds()
  kinds.learn(seenAs(['room', 'room'], ['dm', 'dm']))
  kinds.learn(seenAs(['other', 'room']))
  expect(['room', 'dm', 'other'].map((id) => kinds.mayBeDirect(id))).toEqual([false, true, false])
})
