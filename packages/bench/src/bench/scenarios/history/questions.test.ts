import { expect, test } from 'vitest'
import { rarePlaces, textOf, type RoomFill } from './filled-messages.ts'
import { QUESTIONS } from './questions.ts'

const logOf = (count: number): RoomFill => ({
  roomId: '0190a0a0-0000-7000-8000-000000000001',
  senderIds: ['ada', 'bob'],
  count,
  firstSeq: 11,
  firstMsgNo: 1,
  startS: 1_700_000_000,
  stepS: 1,
})

test.each([2_000, 10_000, 10_000_000])('places are inside of a log of %i messages', (count) => {
  const log = logOf(count)
  for (const { path } of QUESTIONS) {
    for (let nth = 0; nth < 200; nth += 1) {
      const { searchParams, pathname } = new URL(path(log, nth), 'http://parley.example')
      for (const name of ['before', 'around', 'after']) {
        const place = searchParams.get(name)
        if (place === null) continue
        expect(Number(place), `${pathname} ${name}`).toBeGreaterThanOrEqual(0)
        expect(Number(place), `${pathname} ${name}`).toBeLessThan(log.firstSeq + count)
      }
    }
  }
})

test('as many places are asked for in a short log as in a long one', () => {
  const places = (count: number, index: number): number =>
    new Set(Array.from({ length: 96 }, (_, nth) => QUESTIONS[index]?.path(logOf(count), nth))).size
  for (const index of QUESTIONS.keys()) {
    expect(places(10_000, index), QUESTIONS[index]?.name).toBe(places(10_000_000, index))
  }
})

test('no two questions have one name', () => {
  expect(new Set(QUESTIONS.map(({ name }) => name)).size).toBe(QUESTIONS.length)
})

test('the rare word is in as many messages of a short log as of a long one', () => {
  for (const count of [10, 10_000, 1_000_000]) {
    const places = rarePlaces(count)
    expect(places).toHaveLength(5)
    for (const k of places) expect(textOf(k, count)).toMatch(/ quokka$/u)
  }
  expect(textOf(0, 10_000)).toBe('note topic00 item00000')
  expect(textOf(9_974, 10_000)).toBe('note topic74 item00001')
})
