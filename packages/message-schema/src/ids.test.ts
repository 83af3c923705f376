import { expect, test } from 'vitest'
import { Position, RoomId, Seq, UserId, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { Sync } from './sync.ts'

const upper = '01900000-ABCD-7000-8000-00000000000F'

test('an id has one spelling, however it was written: also as the key of a table', () => {
  expect(Uuid.parse(upper)).toBe(upper.toLowerCase())
  expect(RoomId.parse(upper.toLowerCase())).toBe(upper.toLowerCase())
  expect(Sync.parse({ rooms: { [upper]: 5 } }).rooms).toEqual({ [upper.toLowerCase()]: 5 })
})

test.each([
  '',
  'lobby',
  upper.slice(1),
  `${upper}0`,
  ` ${upper}`,
  `${upper}\n`,
  upper.replaceAll('-', ''),
  upper.replace('A', 'G'),
  `{${upper}}`,
])('%j is not an id', (id) => {
  expect(Uuid.safeParse(id).success).toBe(false)
})

test.each([
  '1',
  '42',
  'ada',
  'Ada Lovelace',
  'ada@example.com',
  'user/7',
  'Zoë',
  '漢字',
  upper,
  'x'.repeat(64),
])('%j is an id that a host application may give its user', (id) => {
  expect(UserId.parse(id)).toBe(id)
})

test.each([
  '',
  ' ada',
  'ada ',
  ' ',
  'a\nb',
  'a\u0000b',
  'a\u2028b',
  'a\u202Eb',
  'a\uD800b',
  'x'.repeat(65),
])('%j is not the id of a user: databases and logs would disagree on it', (id) => {
  expect(UserId.safeParse(id).success).toBe(false)
})

test('ids of users keep their case: two spellings are two users', () => {
  expect(UserId.parse('Ada')).not.toBe(UserId.parse('ada'))
})

test('positions begin at 0, events at 1, and neither passes what a number can hold', () => {
  expect([Position.safeParse(0).success, Seq.safeParse(0).success]).toEqual([true, false])
  for (const wrong of [-1, 1.5, 2 ** 53, Number.NaN, Infinity, '1', null]) {
    expect(Seq.safeParse(wrong).success, String(wrong)).toBe(false)
    expect(Position.safeParse(wrong).success, String(wrong)).toBe(false)
  }
})

test('a sync names at most so many rooms', () => {
  const rooms = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
        0,
      ]),
    )
  expect(Sync.safeParse({ rooms: rooms(LIMITS.syncRooms) }).success).toBe(true)
  expect(Sync.safeParse({ rooms: rooms(LIMITS.syncRooms + 1) }).success).toBe(false)
})
