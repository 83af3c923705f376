import { expect, test } from 'vitest'
import { completed, fitting, type Sized } from './sized-rows.ts'

interface Row {
  readonly seq: number
  readonly data: string
}
const rowsOf = (...sizes: number[]): Sized<Row>[] =>
  sizes.map((bytes, seq) => ({ seq, bytes, data: bytes > 5 ? null : 'short' }))
const seqs = (rows: readonly { readonly seq: number }[]): number[] => rows.map(({ seq }) => seq)

test('rows come as long as they fit, none after one that does not, and one at least', () => {
  expect(seqs(fitting(rowsOf(4, 4, 4, 1), 10))).toEqual([0, 1])
  expect(seqs(fitting(rowsOf(4, 6), 10))).toEqual([0, 1])
  expect(seqs(fitting(rowsOf(99, 1), 10))).toEqual([0])
  expect(fitting([], 10)).toEqual([])
})

test('only what came without its text is read again, and nothing comes after what is gone', async () => {
  const asked: number[][] = []
  const read = async (wanted: number[]): Promise<Row[]> => {
    asked.push(wanted)
    return wanted.filter((seq) => seq !== 3).map((seq) => ({ seq, data: 'long' }))
  }
  expect(seqs(await completed(rowsOf(1, 2), read))).toEqual([0, 1])
  expect(asked).toEqual([])
  const rows = await completed(rowsOf(1, 9, 2, 9, 1), read)
  expect(asked).toEqual([[1, 3]])
  expect(rows.map(({ data }) => data)).toEqual(['short', 'long', 'short'])
})
