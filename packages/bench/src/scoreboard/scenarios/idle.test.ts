import { expect, test } from 'vitest'
import { peopleAndRooms } from './idle.ts'

test.each([8, 100, 150, 1_500])(
  'of %d people each is in twenty rooms of at most a hundred',
  (count) => {
    const { people, rooms } = peopleAndRooms(count)
    const roomsOf = new Map<number, number>()
    for (const member of rooms.flat()) roomsOf.set(member, (roomsOf.get(member) ?? 0) + 1)
    expect(roomsOf.size).toBe(count)
    expect(new Set(roomsOf.values())).toEqual(new Set([20]))
    expect(Math.max(...rooms.map(({ length }) => length))).toBeLessThanOrEqual(100)
    // They are the last ones; those before them are in none.
    expect(Math.min(...roomsOf.keys())).toBe(people - count)
  },
)
