import { expect, test } from 'vitest'
import { hostsOf, placedOn } from './placed-clients.ts'

const people = [1, 2, 3, 4, 1, 2].map((port, at) => ({
  port,
  userId: `u${at}`,
  token: '',
  rooms: [],
}))

test('people are put on the first nodes, in turn', () => {
  expect(placedOn(1, people).map(({ port }) => port)).toEqual([1, 1, 1, 1, 1, 1])
  expect(placedOn(2, people).map(({ port }) => port)).toEqual([1, 2, 1, 2, 1, 2])
  expect(placedOn(4, people).map(({ port }) => port)).toEqual([1, 2, 3, 4, 1, 2])
})

test('a room is on one, on two and on all nodes, as far as there are so many', () => {
  expect([1, 2, 4, 8].map(hostsOf)).toEqual([[1], [1, 2], [1, 2, 4], [1, 2, 8]])
})
