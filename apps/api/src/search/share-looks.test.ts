import { expect, test } from 'vitest'
import { shareLooks } from './share-looks.ts'

const range = (roomId: string, fromSeq: number, toSeq: number) => ({ roomId, fromSeq, toSeq })

test('all that waits is looked at, if that is little', () => {
  const waiting = [range('a', 1, 10), range('b', 5, 5)]
  expect(shareLooks(waiting, 11)).toEqual([range('b', 5, 5), range('a', 1, 10)])
})

test('of rooms in which much waits it is the newest, as much of each', () => {
  const waiting = [range('a', 1, 1_000), range('b', 1, 10), range('c', 11, 500)]
  expect(shareLooks(waiting, 110)).toEqual([
    range('b', 1, 10),
    range('c', 451, 500),
    range('a', 951, 1_000),
  ])
})

test('no more rooms than looks', () => {
  const waiting = Array.from({ length: 30 }, (_, n) => range(`room ${n}`, 1, 2 + n))
  const shared = shareLooks(waiting, 7)
  expect(shared).toHaveLength(7)
  expect(shared.every(({ fromSeq, toSeq }) => fromSeq === toSeq)).toBe(true)
  expect(shareLooks([], 7)).toEqual([])
})
