import { expect, test } from 'vitest'
import type { Said } from './dialects/dialect.ts'
import { textOf } from './message-text.ts'
import { RoomStream } from './room-stream.ts'

const LENGTH = 40
const SENT = 100

const record = (...numbers: number[]): Buffer =>
  Buffer.from(numbers.map((number) => textOf(number, LENGTH)).join('\n'))

const read = (bytes: Buffer): Said => ({ texts: bytes.toString().split('\n') })

/** One stream with readers, each at its own place. */
function rig({ readWith = read, numbered = new Map<number, number>() } = {}) {
  const violations: string[] = []
  let reads = 0
  const stream = new RoomStream({
    name: 'room r on 1',
    read: (bytes) => {
      reads += 1
      return readWith(bytes)
    },
    expected: (number) => (number < SENT ? textOf(number, LENGTH) : undefined),
    senderOf: (number) => number % 2,
    report: (violation) => violations.push(violation),
    isOrdered: true,
    numbered,
  })
  const reader = () => {
    let place = 0
    return (bytes: Buffer): readonly number[] => {
      const padded = Buffer.concat([Buffer.from('###'), bytes, Buffer.from('##')])
      const numbers = stream.take(place, padded, 3, padded.length - 2)
      place += numbers.length
      return numbers
    }
  }
  return { violations, reader, reads: () => reads }
}

test('the first reader has it read, all others are compared with that', () => {
  const { violations, reader, reads } = rig()
  for (const take of [reader(), reader(), reader()]) {
    expect(take(record(0))).toEqual([0])
    expect(take(record(1, 2, 3))).toEqual([1, 2, 3])
  }
  expect(violations).toEqual([])
  expect(reads()).toBe(2)
})

test('the same in other packets is the same', () => {
  const { violations, reader } = rig()
  const [one, other] = [reader(), reader()]
  one(record(0, 1))
  one(record(2))
  other(record(0))
  other(record(1, 2))
  expect(violations).toEqual([])
})

test.each([
  ['one byte is another', (bytes: Buffer) => bytes.fill('?', 20, 21), /was not sent/u],
  ['it is cut off', (bytes: Buffer) => bytes.subarray(0, -1), /was not sent/u],
  ['it is of nobody', () => record(SENT + 1), /was not sent/u],
  ['it is no message', () => Buffer.from('rubbish'), /was not sent/u],
  ['it is another message', () => record(4), /where another has/u],
])('after a good one, a reader is told %s: found', (_, corrupt, says) => {
  const { violations, reader } = rig()
  const [one, other] = [reader(), reader()]
  one(record(0))
  other(corrupt(record(0)))
  expect(violations.join()).toMatch(says)
})

test('what is said twice, or overtaken by what the same sender said later, is found', () => {
  const twice = rig()
  const take = twice.reader()
  take(record(0))
  take(record(0))
  expect(twice.violations.join()).toMatch(/message 0 came twice/u)
  const overtaken = rig()
  overtaken.reader()(record(3, 2, 1))
  expect(overtaken.violations.join()).toMatch(/message 1 came after 3/u)
})

test('where messages have numbers in the room, a number is one message for all nodes', () => {
  const numbered = new Map<number, number>()
  const from = (seq: number) => (bytes: Buffer) => ({ ...read(bytes), seq })
  const one = rig({ readWith: from(7), numbered })
  one.reader()(record(0, 1))
  expect(one.violations).toEqual([])
  const other = rig({ readWith: from(7), numbered })
  other.reader()(record(0, 2))
  expect(other.violations.join()).toMatch(/seq 8 is message 1 and message 2/u)
})

test('a number that is left out is found', () => {
  let seq = 7
  const readWith = (bytes: Buffer) => ({ ...read(bytes), seq: (seq += 1) })
  const { violations, reader } = rig({ readWith })
  const take = reader()
  take(record(0))
  seq += 1
  take(record(1))
  expect(violations.join()).toMatch(/seq 10 came at place 1/u)
})

test('what cannot be read is said, and nothing is counted', () => {
  const { violations, reader } = rig({
    readWith: () => {
      throw new Error('no JSON')
    },
  })
  expect(reader()(record(0))).toEqual([])
  expect(violations.join()).toMatch(/no JSON/u)
})
