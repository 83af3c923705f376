import { expect, test } from 'vitest'
import { readPlaces, writePlaces } from './place-list.ts'
import { placeDocs, packStreams, unpackStreams, LOOSE, type Stream } from './room-streams.ts'
import { packRun, unpackRun } from './search-run.ts'
import { ByteReader, ByteWriter } from './varints.ts'

test('numbers of every size are read as they were written', () => {
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52]
  const signed = numbers.flatMap((value) => (value === 0 ? [0] : [value, -value]))
  const writer = new ByteWriter()
  numbers.forEach((value) => writer.count(value))
  signed.forEach((value) => writer.signed(value))
  writer.text('會議 🎉')
  const reader = new ByteReader(writer.bytes())
  expect(numbers.map(() => reader.count())).toEqual(numbers)
  expect(signed.map(() => reader.signed())).toEqual(signed)
  expect(reader.text()).toBe('會議 🎉')
  expect(reader.isEnd).toBe(true)
  expect(() => reader.count()).toThrow('cut off')
})

test('lists of places that are put behind one another are one', () => {
  const base = { at: 1_700_000_000, seq: 5_000 }
  const lists = [[base, { at: 1_700_000_100, seq: 5_003 }], [{ at: 1_700_000_050, seq: 4_999 }]]
  const bytes = lists.map((places) => {
    const writer = new ByteWriter()
    writePlaces(writer, base, places)
    return writer.bytes()
  })
  expect(readPlaces(Buffer.concat(bytes), base)).toEqual(lists.flat())
})

test('a run is read as it was written: moved, deleted and erased messages too', () => {
  const piece = { stream: 0, at: 100, seq: 7 }
  const docs = [
    { seq: 7, at: 100, revision: 7, piece, tokens: ['a', 'b'] },
    { seq: 9, at: 90, revision: 20, piece: { stream: 4, at: 90, seq: 9 }, tokens: ['b', 'ü'] },
    { seq: 300, at: 0, revision: 299, piece: null, tokens: [] },
  ]
  expect(unpackRun(packRun(docs))).toEqual(docs)
  expect(unpackRun(packRun([]))).toEqual([])
})

const said = (from: number, count: number, at: number) =>
  Array.from({ length: count }, (_, n) => ({ seq: from + n, at: at + n }))
const piecesOf = (streams: readonly Stream[], docs: readonly { seq: number; at: number }[]) => {
  const { placed, streams: after } = placeDocs(streams, docs)
  return {
    after,
    pieces: placed.map(({ piece, isNew, docs: { length } }) => ({ ...piece, isNew, length })),
  }
}

test('few messages go into the last piece, until it is full; many are one of their own', () => {
  const first = piecesOf([], said(1, 10, 1_000))
  expect(first.pieces).toEqual([{ stream: 0, at: 1_000, seq: 1, isNew: true, length: 10 }])
  const second = piecesOf(first.after, said(11, 10, 2_000))
  expect(second.pieces).toEqual([{ stream: 0, at: 1_000, seq: 1, isNew: false, length: 10 }])
  const many = piecesOf(second.after, said(21, 500, 3_000))
  expect(many.pieces).toEqual([{ stream: 0, at: 3_000, seq: 21, isNew: true, length: 500 }])
  const full = piecesOf(many.after, said(521, 100, 4_000))
  expect(full.pieces).toEqual([{ stream: 0, at: 4_000, seq: 521, isNew: true, length: 100 }])
  expect(unpackStreams(packStreams(full.after))).toEqual(full.after)
})

test('what comes too late for one stream is in another, and without any order each is alone', () => {
  let streams: Stream[] = []
  for (let n = 0; n < 4; n += 1) {
    const { after, pieces } = piecesOf(streams, said(1 + n * 10, 3, 5_000 - n * 1_000))
    expect(pieces.map(({ stream }) => stream)).toEqual([n])
    streams = after
  }
  const late = piecesOf(streams, [
    { seq: 100, at: 10 },
    { seq: 101, at: 9 },
    { seq: 102, at: 6_000 },
  ])
  expect(late.pieces).toEqual([
    { stream: 0, at: 5_000, seq: 1, isNew: false, length: 1 },
    { stream: LOOSE, at: 9, seq: 101, isNew: true, length: 1 },
    { stream: LOOSE, at: 10, seq: 100, isNew: true, length: 1 },
  ])
})
