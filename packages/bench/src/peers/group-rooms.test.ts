import { expect, test } from 'vitest'
import { groupRooms } from './group-rooms.ts'

test('everybody is in so many rooms, and no room has more than its members', () => {
  const rooms = groupRooms({ first: 10, people: 7, roomsEach: 2, members: 3 })
  expect(rooms).toEqual([[10, 11, 12], [10, 11, 12], [13, 14, 15], [13, 14, 15], [16], [16]])
})
